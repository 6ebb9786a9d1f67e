/** The crate as two wasm modules in pkg/dist/wasm; prints the sizes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bindings } from "./bindings.mjs";
import { root } from "./run.mjs";

/** With what each module is built: the one that holds graphs, plans and models, and the one that reads and writes files. */
export const MODULES = {
  engine: { crate: "ibmb", name: "ibmb" },
  files: { crate: "ibmb", name: "files", profile: "files", features: ["files"] },
};

for (const module of Object.values(MODULES)) {
  const { wasm, upToDate } = bindings({ ...module, out: join(root, "pkg/dist/wasm") });
  const bytes = readFileSync(wasm);
  const sizes = `${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip, ${brotliCompressSync(bytes).length} brotli`;
  console.log(`wasm ${module.name}: ${sizes}${upToDate ? " (up to date)" : ""}`);
}
