/**
 * Figures of this machine in one run: the workloads of benches/ natively and in wasm, each beside its slow
 * twin, the package beside plain JavaScript, layouts and pictures, and the page in Chromium. Compare the
 * ratios, not the times. Rows also go to target/bench.json.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { partitionRows } from "./bench/partition.mjs";
import { printRows } from "./bench/rows.mjs";
import { nativeRows, wasmRows } from "./bench/twins.mjs";
import { root, run } from "./run.mjs";

run("scripts/setup.sh", ["--browser"]);
run(process.execPath, ["scripts/wasm.mjs"]);
run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
run("npm", ["run", "--silent", "build", "--workspace", "www"]);
const { compareRows } = await import("./bench/compare.mjs");
const { drawingRows } = await import("./bench/drawing.mjs");
const { engineRows } = await import("./bench/engines.mjs");
const { formatRows } = await import("./bench/formats.mjs");
const { frameRows } = await import("./bench/frames.mjs");
const { packageRows } = await import("./bench/package.mjs");
const { workerRows } = await import("./bench/workers.mjs");

const rows = [
  ...nativeRows(),
  ...(await wasmRows()),
  ...(await partitionRows()),
  ...(await packageRows()),
  ...(await workerRows()),
  ...(await engineRows()),
  ...(await formatRows()),
  ...(await compareRows()),
  ...(await drawingRows()),
  ...(await frameRows()),
];
printRows(rows);
writeFileSync(join(root, "target/bench.json"), `${JSON.stringify(rows, null, 1)}\n`);
