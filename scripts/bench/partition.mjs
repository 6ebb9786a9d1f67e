/**
 * Partitions natively and in wasm in Node, beside METIS: its code in the same run for time, its published
 * cuts.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bindings } from "../bindings.mjs";
import { root, run } from "../run.mjs";

/** Rows of time need a C compiler for METIS; without one there are rows of cuts and of growth only. */
export async function partitionRows() {
  const features = spawnSync("cc", ["--version"]).status === 0 ? ["--features", "metis"] : [];
  if (features.length === 0) console.error("no C compiler (cc): METIS is left out of the partition rows");
  run("cargo", [
    "build",
    "--release",
    "--locked",
    "-p",
    "ibmb-bench",
    ...features,
    "--bin",
    "ibmb-bench-partition",
  ]);
  const native = JSON.parse(
    execFileSync(join(root, "target/release/ibmb-bench-partition"), { encoding: "utf8" }),
  );
  const out = join(root, "target/bench-wasm");
  const { wasm } = bindings({ crate: "ibmb-bench", name: "ibmb_bench", out });
  const { default: init, PartitionBench } = await import(join(out, "ibmb_bench.js"));
  await init({ module_or_path: readFileSync(wasm) });
  return native.flatMap((found) => {
    const name = `partition, ${found.graph}, ${found.parts} parts`;
    if (found.publishedCut === null) return largeRows(name, found, native);
    const bench = new PartitionBench(basename(found.path), found.path ? readFileSync(found.path) : undefined);
    const { seconds, cut } = bestOfThree(() => bench.run(found.parts));
    bench.free();
    if (cut !== found.cut) throw new Error(`${name}: wasm cuts ${cut} edges, native ${found.cut}`);
    const cutRow = {
      name: `${name}: edges cut, imbalance ${found.imbalance.toFixed(3)}`,
      value: cut,
      unit: "edges",
      peer: "METIS 5.1",
      ratio: found.publishedCut / cut,
      measure: "good",
    };
    if (found.metisSeconds === null) return [cutRow];
    return [cutRow, timeRow("native", name, found.seconds, found), timeRow("wasm", name, seconds, found)];
  });
}

function timeRow(where, name, own, { metisSeconds }) {
  const ratio = metisSeconds / own;
  return { name: `${where}: ${name}`, value: own * 1e3, unit: "ms", peer: "METIS, native", ratio };
}

/**
 * A graph that is measured natively only: cut and time beside METIS, and how time has grown from the smaller
 * graph.
 */
function largeRows(name, found, native) {
  const small = native.find(({ graph, parts }) => graph === "planted" && parts === found.parts);
  const perEdge = ({ seconds, edges }) => (seconds * 1e6) / edges;
  const growth = {
    name: `native: ${name}, time an edge`,
    value: perEdge(found),
    unit: "us an edge",
    peer: `${small.edges} edges`,
    ratio: perEdge(small) / perEdge(found),
  };
  if (found.metisSeconds === null) return [growth];
  const { cut, metisCut } = found;
  const imbalance = found.imbalance.toFixed(3);
  return [
    {
      name: `${name}: edges cut, imbalance ${imbalance}`,
      value: cut,
      unit: "edges",
      peer: "METIS 5.1",
      ratio: metisCut / cut,
      measure: "good",
    },
    timeRow("native", name, found.seconds, found),
    growth,
  ];
}

function bestOfThree(work) {
  let seconds = Infinity;
  let cut = 0;
  for (let round = 0; round < 3; round += 1) {
    // Time of a processor, as natively, so that a busy machine does not count.
    const start = process.cpuUsage();
    cut = work();
    const { user, system } = process.cpuUsage(start);
    seconds = Math.min(seconds, (user + system) / 1e6);
  }
  return { seconds, cut };
}
