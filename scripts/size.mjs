/** Compares what users download with size-budget.json, and prints what every reader costs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "./run.mjs";
import { readerSizes } from "./wasm-code.mjs";

const dist = join(root, "pkg/dist");
const javascript = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js"));
const files = { "wasm engine": ["wasm/ibmb_bg.wasm"], "wasm files": ["wasm/files_bg.wasm"], javascript };
const budget = JSON.parse(readFileSync(join(root, "size-budget.json"), "utf8"));

let failed = 0;
let passed = 0;
for (const [what, names] of Object.entries(files)) {
  const contents = names.map((name) => readFileSync(join(dist, name)));
  const sizes = {
    raw: contents.reduce((sum, bytes) => sum + bytes.length, 0),
    gzip: contents.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0),
    brotli: contents.reduce((sum, bytes) => sum + brotliCompressSync(bytes).length, 0),
  };
  for (const [kind, size] of Object.entries(sizes)) {
    const max = budget[what][kind];
    const fits = size <= max;
    if (fits) passed += 1;
    else failed += 1;
    console.log(`${fits ? "ok" : "TOO LARGE"}: ${what} ${kind} ${size} of ${max} bytes`);
  }
}
// Code before wasm-opt, which is what can be told apart by function; it ends up at some two thirds.
const compiled = join(root, "target/wasm/wasm32-unknown-unknown/files/ibmb.wasm");
for (const [name, size] of readerSizes(readFileSync(compiled))) {
  const max = budget.readers[name] ?? budget.readers.other;
  const fits = size <= max;
  if (fits) passed += 1;
  else failed += 1;
  console.log(`${fits ? "ok" : "TOO LARGE"}: io ${name} ${size} of ${max} bytes of code`);
}
console.log(`size: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
