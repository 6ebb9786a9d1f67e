/** Times of the package in Node beside those of its peers in the same run. Compare the ratios, not the times. */
import { run } from "./run.mjs";

run(process.execPath, ["scripts/wasm.mjs"]);
run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
const { rows } = await import("./bench/wasm.mjs");
for (const { name, value, unit, peer, ratio } of await rows()) {
  console.log(`${name.padEnd(34)} ${value.toPrecision(3).padStart(8)} ${unit}   ${ratio.toFixed(1).padStart(6)} x   ${peer}`);
}
