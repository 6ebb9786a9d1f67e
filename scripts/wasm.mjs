/** The binding crates as wasm modules in pkg/dist/wasm; prints the sizes. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bindings } from "./bindings.mjs";
import { root } from "./run.mjs";

/**
 * The classes and functions of the engine that its later part has: models, reasons, schedules, pictures and
 * synthetic graphs, which a first view does without.
 */
const MODELS = [
  ...[
    "baseline",
    "baselineinferring",
    "baselinepreparing",
    "drawing",
    "graphinferring",
    "inferringwithout",
    "influencing",
    "model",
    "ordering",
  ],
  ...[
    "pathfinding",
    "planinferring",
    "planting",
    "reasoning",
    "shard",
    "shardinferring",
    "surrounding",
    "training",
  ],
  ...["graph_evaluate", "plan_predictions", "plan_shard"],
];

/**
 * With what each module is built: the one that holds graphs, plans and models, and the one that reads and
 * writes files.
 */
export const MODULES = {
  engine: { crate: "ibmb-engine", name: "ibmb", later: { name: "models", exports: MODELS } },
  files: { crate: "ibmb-files", name: "files", profile: "files" },
};

for (const module of Object.values(MODULES)) {
  const { parts, upToDate } = bindings({ ...module, out: join(root, "pkg/dist/wasm") });
  for (const wasm of parts) {
    const bytes = readFileSync(wasm);
    const sizes = `${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip, ${brotliCompressSync(bytes).length} brotli`;
    console.log(`wasm ${basename(wasm, "_bg.wasm")}: ${sizes}${upToDate ? " (up to date)" : ""}`);
  }
}
