/**
 * Ways of inference side by side in Node, one GCN a data set: accuracy and the time of a warm pass, the fastest of seven, for
 * a share of the test nodes. Prints the Pareto front; a row tells how much faster IBMB is than neighbour sampling at equal accuracy.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "ibmb";
import { root } from "../run.mjs";

/** Within half a point accuracies count as equal. */
const EQUAL = 0.005;
const SHARE = 0.1;
const LAYERS = 3;

/** Features as each data set wants them; else the networks of docs/records/accuracy.md, three layers of 256 as published. */
const SETS = [
  ["Cora", "cora", "row"],
  ["DBLP", "dblp", "none"],
  ["Amazon-Photo", "amazon-photo", "none"],
];

const TOP_K = [2, 4, 8, 16, 32, 64];

/** Every way over its own parameter. */
function settings(numOutputs) {
  const parts = [4, 8, 16, 32].filter((numBatches) => numBatches <= numOutputs);
  return [
    { method: "full-graph" },
    ...TOP_K.map((topK) => ({ method: "node-wise", topK })),
    ...[0.02, 0.05, 0.1, 0.25, 0.5, 1].map((expandRatio) => ({ method: "batch-wise", numBatches: 4, expandRatio })),
    ...TOP_K.map((topK) => ({ method: "random", topK })),
    ...parts.map((numBatches) => ({ method: "cluster", numBatches })),
    ...[2, 3, 5, 10, 20, 40].map((fanOut) => ({ method: "neighbour-sampling", fanOuts: Array(LAYERS).fill(fanOut) })),
    ...TOP_K.map((topK) => ({ method: "shadow", topK })),
    ...[256, 1024, 4096].map((nodesPerLayer) => ({ method: "ladies", nodesPerLayer })),
    ...[1, 4, 16].map((walksPerOutput) => ({ method: "saint", walksPerOutput, coverage: 20 })),
  ];
}

function files(folder) {
  const sample = join(root, "www/public/samples/cora.safetensors");
  if (folder === "cora") return [{ name: "cora.safetensors", data: readFileSync(sample) }];
  const path = process.env.IBMB_DATA && join(process.env.IBMB_DATA, folder);
  if (!path || !existsSync(path)) return null;
  return readdirSync(path).map((name) => ({ name, data: readFileSync(join(path, name)) }));
}

/** Rows of the data sets whose row names contain `words`. */
export async function compareRows(words = "") {
  const rows = [];
  for (const [name, folder, featureNormalization] of SETS) {
    const title = `package: IBMB inference, ${name}, GCN ${LAYERS} x 256, a tenth of the test nodes`;
    if (!title.includes(words)) continue;
    const found = files(folder);
    if (found === null) console.error(`IBMB_DATA has no ${folder}: ways of inference are not compared on ${name}`);
    else rows.push(await compare(title, found, featureNormalization));
  }
  return rows;
}

async function compare(title, found, featureNormalization) {
  const client = await createClient();
  try {
    const graph = await client.openGraph(found);
    const { model } = await graph.train({ layers: LAYERS, hidden: 256, shape: "ibmb", lr: 0.003, weightDecay: 5e-4, epochs: 60, featureNormalization });
    const { test } = Object.values(graph.splits)[0];
    const outputNodes = test.filter((_, at) => at % Math.round(1 / SHARE) === 0);
    const points = [];
    for (const options of settings(outputNodes.length)) {
      const point = await graph.inferBy(model, { ...options, outputNodes, repeats: 7 });
      const { method, ...own } = options;
      const label = `${method} ${Object.entries(own).map(([key, value]) => `${key} ${value}`).join(", ")}`.trim();
      points.push({ method, label, accuracy: point.accuracy.all, ms: Math.min(...point.passMs), drawing: point.msByStage.sampling ?? 0, prepareMs: point.prepareMs, nodes: point.nodesComputed });
    }
    const front = points.filter((point) => !points.some((other) => other !== point && other.ms <= point.ms && other.accuracy >= point.accuracy && (other.ms < point.ms || other.accuracy > point.accuracy)));
    console.log(`${title}: ${outputNodes.length} outputs, * on the Pareto front`);
    for (const point of points.toSorted((a, b) => a.ms - b.ms)) {
      const mark = front.includes(point) ? "*" : " ";
      const drawing = point.drawing > 0 ? `, ${point.drawing.toFixed(2)} of it drawing` : "";
      console.log(`  ${mark} ${(100 * point.accuracy).toFixed(1)} % ${point.ms.toFixed(2)} ms${drawing}, ${point.nodes} nodes, prepared in ${point.prepareMs.toFixed(1)} ms: ${point.label}`);
    }
    const isIbmb = ({ method }) => method === "node-wise" || method === "batch-wise";
    const fastest = (list) => list.reduce((best, point) => (best === null || point.ms < best.ms ? point : best), null);
    // As good as the whole graph, which all of them approximate.
    const sampling = points.filter(({ method }) => method === "neighbour-sampling");
    const wanted = points.find(({ method }) => method === "full-graph").accuracy - EQUAL;
    const own = fastest(points.filter((point) => isIbmb(point) && point.accuracy >= wanted));
    const peer = fastest(sampling.filter(({ accuracy }) => accuracy >= wanted));
    if (own === null || peer === null) throw new Error(`${title}: no point of IBMB or of neighbour sampling is as good as the whole graph`);
    for (const other of sampling) {
      const same = fastest(points.filter((point) => isIbmb(point) && point.accuracy >= other.accuracy - EQUAL));
      if (same !== null) console.log(`  ${(other.ms / same.ms).toFixed(1)} times as fast as ${other.label} at ${(100 * other.accuracy).toFixed(1)} %: ${same.label}, ${(100 * same.accuracy).toFixed(1)} %`);
    }
    console.log(`  IBMB on the front: ${front.filter(isIbmb).map(({ label }) => label).join("; ") || "none"}`);
    return { name: `${title}: ${own.label}`, value: own.ms, unit: "ms", peer: `${peer.label} (${peer.ms.toPrecision(3)} ms)`, ratio: peer.ms / own.ms };
  } finally {
    client.dispose();
  }
}
