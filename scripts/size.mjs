/** Compares what users download with size-budget.json. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./run.mjs";

const dist = join(root, "pkg/dist");
const javascript = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js"));
const files = { wasm: ["wasm/ibmb_bg.wasm"], javascript };
const budget = JSON.parse(readFileSync(join(root, "size-budget.json"), "utf8"));

let failed = 0;
let passed = 0;
for (const [what, names] of Object.entries(files)) {
  const contents = names.map((name) => readFileSync(join(dist, name)));
  const sizes = {
    raw: contents.reduce((sum, bytes) => sum + bytes.length, 0),
    gzip: contents.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0),
  };
  for (const [kind, size] of Object.entries(sizes)) {
    const max = budget[what][kind];
    const fits = size <= max;
    if (fits) passed += 1;
    else failed += 1;
    console.log(`${fits ? "ok" : "TOO LARGE"}: ${what} ${kind} ${size} of ${max} bytes`);
  }
}
console.log(`size: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
