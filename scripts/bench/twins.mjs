/** The workloads of benches/, natively and in wasm in Node. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bindings } from "../bindings.mjs";
import { root, run } from "../run.mjs";

const sample = join(root, "www/public/samples/cora.safetensors");
const weights = join(root, "www/public/samples/cora-gcn.safetensors");

/** Seconds of a run to a row in the unit that the workload names. */
function row(where, { name, peer, unit, items }, seconds, peerSeconds) {
  const scale = unit.startsWith("us") ? 1e6 : 1e3;
  const value = (seconds * scale) / items;
  return { name: `${where}: ${name}`, value, unit, peer, ratio: peerSeconds / seconds };
}

export function nativeRows() {
  run("cargo", ["build", "--release", "--locked", "-p", "ibmb-bench"]);
  const text = execFileSync(join(root, "target/release/ibmb-bench"), [sample, weights], { encoding: "utf8" });
  return JSON.parse(text).map((found) => row("native", found, found.seconds, found.peerSeconds));
}

export async function wasmRows() {
  const out = join(root, "target/bench-wasm");
  const { wasm } = bindings({ crate: "ibmb-bench", file: "ibmb_bench", out });
  const { default: init, Bench } = await import(join(out, "ibmb_bench.js"));
  await init({ module_or_path: readFileSync(wasm) });
  const benches = [new Bench(readFileSync(sample), readFileSync(weights))];
  const dblp = process.env.IBMB_DATA && join(process.env.IBMB_DATA, "dblp/edges.csv");
  if (dblp && existsSync(dblp)) benches.push(Bench.ofEdges("DBLP", "edges.csv", readFileSync(dblp)));
  return benches.flatMap((bench) =>
    Array.from({ length: bench.count() }, (_, index) => {
      const { own, twin } = measure(() => bench.run(index), () => bench.twin(index));
      return row("wasm", JSON.parse(bench.describe(index)), own, twin);
    }),
  );
}

/** Median seconds of both, taken in turn; some runs before, since the first ones are not optimised yet. */
function measure(work, plain) {
  for (let i = 0; i < 3 && seconds(work) < 0.5; i += 1);
  const [own, twin] = [[], []];
  for (let round = 0; round < 9; round += 1) {
    // What takes seconds needs no ninth look.
    if (round < 3 || own[0] < 0.5) own.push(seconds(work));
    if (round < 3 || twin[0] < 0.5) twin.push(seconds(plain));
  }
  return { own: median(own), twin: median(twin) };
}

function seconds(work) {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
