/** The workloads of benches/, natively and in wasm in Node. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bindings } from "../bindings.mjs";
import { root, run } from "../run.mjs";
import { median } from "./rows.mjs";

const sample = join(root, "www/public/samples/cora.safetensors");
const weights = join(root, "www/public/samples/cora-gcn.safetensors");

/** The folder of DBLP, where IBMB_DATA names one. */
const dblp = process.env.IBMB_DATA && join(process.env.IBMB_DATA, "dblp");

/**
 * Seconds of a run to a row in the unit that the workload names: a time of an item, or a rate of thousands of
 * them.
 */
function row(where, { name, peer, unit, items }, seconds, peerSeconds, limit) {
  const isRate = unit.endsWith("/s");
  const value = isRate ? items / seconds / 1e6 : (seconds * (unit.startsWith("us") ? 1e6 : 1e3)) / items;
  const found = { name: `${where}: ${name}`, value, unit, peer, ratio: peerSeconds / seconds };
  if (!limit) return found;
  const bound = limit.items / limit.seconds / 1e6;
  return { ...found, limit: { name: limit.name, value: bound, share: value / bound } };
}

/** Rows whose names contain `words`. */
export function nativeRows(words = "") {
  run("cargo", ["build", "--release", "--locked", "-p", "ibmb-bench"]);
  const text = execFileSync(join(root, "target/release/ibmb-bench"), [sample, weights, words], {
    encoding: "utf8",
  });
  return JSON.parse(text).map((found) => row("native", found, found.seconds, found.peerSeconds, found.limit));
}

/** Rows whose names contain `words`. */
export async function wasmRows(words = "") {
  const out = join(root, "target/bench-wasm");
  const { wasm } = bindings({ crate: "ibmb-bench", name: "ibmb_bench", out });
  const { default: init, Bench, BenchFiles, MachineLimits } = await import(join(out, "ibmb_bench.js"));
  await init({ module_or_path: readFileSync(wasm) });
  const files = (entries) => {
    const added = new BenchFiles();
    for (const [name, path] of entries) added.add(name, readFileSync(path));
    return added;
  };
  const limits = MachineLimits.all();
  const bounds = Array.from({ length: limits.count() }, (_, index) => ({
    ...JSON.parse(limits.describe(index)),
    index,
  }));
  const rows = [];
  const take = (bench) => {
    for (let index = 0; index < bench.count(); index += 1) {
      const found = JSON.parse(bench.describe(index));
      if (!found.name.includes(words)) continue;
      const bound = bounds.find(({ unit }) => unit === found.unit);
      const [own, twin, least] = measure(
        () => bench.run(index),
        () => bench.twin(index),
        bound && (() => limits.run(bound.index)),
      );
      rows.push(row("wasm", found, own, twin, bound && { ...bound, seconds: least }));
    }
    bench.free();
  };
  take(new Bench(readFileSync(sample), readFileSync(weights)));
  take(Bench.products());
  take(Bench.networks("Cora", files([["cora.safetensors", sample]])));
  if (dblp && existsSync(dblp)) {
    take(Bench.ofEdges("DBLP", "edges.csv", readFileSync(join(dblp, "edges.csv"))));
    take(Bench.networks("DBLP", files(readdirSync(dblp).map((name) => [name, join(dblp, name)]))));
  }
  limits.free();
  return rows;
}

/**
 * Seconds of the work, of the plain one and of what bounds it, taken in turn; some runs before, since the
 * first ones are not optimised yet. The fastest runs where there is a bound, which is one too, and the median
 * elsewhere.
 */
function measure(work, plain, bound) {
  const works = bound ? [work, plain, bound] : [work, plain];
  for (const each of works) {
    const end = performance.now() + 200;
    for (let i = 0; i < 3 || (bound && i < 50 && performance.now() < end); i += 1)
      if (seconds(each) > 0.5) break;
  }
  const times = works.map(() => []);
  for (let round = 0; round < 9; round += 1) {
    works.forEach((each, i) => {
      // What takes seconds needs no ninth look.
      if (round < 3 || times[i][0] < 0.5) times[i].push(seconds(each));
    });
  }
  return times.map((all) => (bound ? Math.min(...all) : median(all)));
}

function seconds(work) {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
