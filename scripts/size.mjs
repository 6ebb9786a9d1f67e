/** Compares what users download with size-budget.json, and prints what every reader costs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "./run.mjs";
import { readerSizes } from "./wasm-code.mjs";

const dist = join(root, "pkg/dist");
const page = join(root, "www/dist");
// What holds types only is never loaded.
const javascript = readdirSync(dist, { recursive: true }).filter(
  (name) => name.endsWith(".js") && readFileSync(join(dist, name), "utf8").trim() !== "export {};",
);
const within = (folder, names) => names.map((name) => join(folder, name));
const files = {
  "wasm engine": within(dist, ["wasm/ibmb_bg.wasm"]),
  "wasm models": within(dist, ["wasm/models_bg.wasm"]),
  "wasm files": within(dist, ["wasm/files_bg.wasm"]),
  "package javascript": within(
    dist,
    javascript.filter((name) => !basename(name).startsWith("parquet")),
  ),
  "package parquet": within(dist, ["worker/parquet.js"]),
  "package parquet brotli": within(dist, ["worker/parquet-brotli.js"]),
};
// What the page loads before anything lazy.
if (existsSync(join(page, "index.html"))) {
  files["page javascript"] = within(
    page,
    readFileSync(join(page, "index.html"), "utf8").match(/assets\/[^"]+\.js/g),
  );
}
const budget = JSON.parse(readFileSync(join(root, "size-budget.json"), "utf8"));

let failed = 0;
let passed = 0;
function compare(what, size, max) {
  const fits = size <= max;
  if (fits) passed += 1;
  else failed += 1;
  console.log(`${fits ? "ok" : "TOO LARGE"}: ${what}, ${size} of ${max} bytes`);
}

for (const [what, paths] of Object.entries(files)) {
  const contents = paths.map((path) => readFileSync(path));
  const total = (pack) => contents.reduce((sum, bytes) => sum + pack(bytes).length, 0);
  const sizes = {
    raw: total((bytes) => bytes),
    gzip: total((bytes) => gzipSync(bytes, { level: 9 })),
    brotli: total((bytes) => brotliCompressSync(bytes)),
  };
  for (const [kind, max] of Object.entries(budget[what])) compare(`${what} ${kind}`, sizes[kind], max);
}
// Code before wasm-opt, which is what can be told apart by function; it ends up at some two thirds.
const compiled = join(root, "target/wasm/wasm32-unknown-unknown/files/ibmb_files.wasm");
for (const [name, size] of readerSizes(readFileSync(compiled))) {
  compare(`io ${name}, code`, size, budget.readers[name] ?? budget.readers.other);
}
console.log(`size: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
