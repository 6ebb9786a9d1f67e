/**
 * Ways of inference side by side in Node, one GCN a data set: accuracy and the time of a warm pass, the
 * fastest of seven, for a share of the test nodes. Prints the Pareto front; rows tell how much faster IBMB is
 * than neighbour sampling at equal accuracy, in as many batches and each at its best, beside the outputs
 * alone, which no way can do without. `make bench` runs it with all others; alone it is `node
 * scripts/bench/compare.mjs [WORDS]` after a build.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "ibmb";
import { root } from "../run.mjs";
import { printRows } from "./rows.mjs";

/** Within half a point accuracies count as equal. */
const EQUAL = 0.005;
const LAYERS = 3;
const REPEATS = 7;
/** Passes longer than that are run once. */
const SLOW_MS = 2000;
/** The networks of docs/records/accuracy.md, three layers of 256 as published. */
const NETWORK = { layers: LAYERS, hidden: 256, shape: "ibmb", lr: 0.003, weightDecay: 5e-4, epochs: 60 };

/** Features as each data set wants them. */
const SETS = [
  { name: "Cora", folder: "cora", featureNormalization: "row" },
  { name: "DBLP", folder: "dblp", featureNormalization: "none" },
  { name: "Amazon-Photo", folder: "amazon-photo", featureNormalization: "none" },
  { name: "Amazon-Computers", folder: "amazon-computers", featureNormalization: "none" },
];
/** One test node of so many is predicted. */
const EVERY = 10;

const TOP_K = [2, 3, 4, 6, 8, 12, 16, 24, 32];
const RATIOS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 1];
const FAN_OUTS = [1, 2, 3, 5, 10, 20, 40];

/** Every way over its own parameter; IBMB and neighbour sampling in eight batches and in one. */
function settings(numOutputs) {
  const parts = [4, 8, 16, 32].filter((numBatches) => numBatches <= numOutputs);
  const grouped = [8, 1].flatMap((batches) => {
    const outputsPerBatch = Math.ceil(numOutputs / batches);
    return [
      ...[1, ...TOP_K].map((topK) => ({ batches, way: { method: "node-wise", topK, outputsPerBatch } })),
      ...RATIOS.map((expandRatio) => ({
        batches,
        way: { method: "batch-wise", numBatches: batches, expandRatio },
      })),
      ...FAN_OUTS.map((fanOut) => ({
        batches,
        way: { method: "neighbour-sampling", fanOuts: Array(LAYERS).fill(fanOut), outputsPerBatch },
      })),
    ];
  });
  const others = [
    { method: "full-graph" },
    ...TOP_K.map((topK) => ({ method: "random", topK })),
    ...parts.map((numBatches) => ({ method: "cluster", numBatches })),
    ...TOP_K.map((topK) => ({ method: "shadow", topK })),
    ...[256, 1024, 4096].map((nodesPerLayer) => ({ method: "ladies", nodesPerLayer })),
    ...[1, 4, 16].map((walksPerOutput) => ({ method: "saint", walksPerOutput, coverage: 20 })),
  ];
  return [...grouped, ...others.map((way) => ({ batches: null, way }))];
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
  for (const set of SETS) {
    const title = `package: IBMB inference, ${set.name}, GCN ${LAYERS} x 256`;
    if (!title.includes(words)) continue;
    const found = files(set.folder);
    if (found === null)
      console.error(`IBMB_DATA has no ${set.folder}: ways of inference are not compared on ${set.name}`);
    else rows.push(...(await compare(title, found, set)));
  }
  return rows;
}

async function measure(graph, model, { batches, way }, outputNodes) {
  const prepared = await graph.prepareBy(model, { ...way, outputNodes });
  try {
    const first = await prepared.measure({ repeats: 1, warmUps: 0 });
    const point = first.timeMs > SLOW_MS ? first : await prepared.measure({ repeats: REPEATS, warmUps: 1 });
    const { method, ...own } = way;
    const label = `${method} ${Object.entries(own)
      .map(([key, value]) => `${key} ${value}`)
      .join(", ")}`.trim();
    const isIbmb = method === "node-wise" || method === "batch-wise";
    return {
      method,
      batches,
      isIbmb,
      alone: way.topK === 1,
      label,
      accuracy: point.accuracy.all,
      ms: Math.min(...point.passMs),
      drawing: point.msByStage.sampling ?? 0,
      prepareMs: point.prepareMs,
      nodes: point.nodesComputed,
    };
  } finally {
    prepared.dispose();
  }
}

const fastest = (list) =>
  list.reduce((best, point) => (best === null || point.ms < best.ms ? point : best), null);

/** Settings from which on all that cost more are as good: what a single lucky one is not. */
const steady = (list, wanted) =>
  list.filter((point) =>
    list.every(
      (other) =>
        other.method !== point.method ||
        other.batches !== point.batches ||
        other.nodes < point.nodes ||
        other.accuracy >= wanted,
    ),
  );

async function compare(title, found, { featureNormalization }) {
  const client = await createClient();
  try {
    const graph = await client.openGraph(found);
    const { model } = await graph.train({ ...NETWORK, featureNormalization });
    const { test } = Object.values(graph.splits)[0];
    const outputNodes = test.filter((_, at) => at % EVERY === 0);
    const points = [];
    for (const setting of settings(outputNodes.length))
      points.push(await measure(graph, model, setting, outputNodes));
    const front = points.filter(
      (point) =>
        !points.some(
          (other) =>
            other !== point &&
            other.ms <= point.ms &&
            other.accuracy >= point.accuracy &&
            (other.ms < point.ms || other.accuracy > point.accuracy),
        ),
    );
    console.log(`${title}: ${outputNodes.length} of ${test.length} test nodes, * on the Pareto front`);
    for (const point of points.toSorted((a, b) => a.ms - b.ms)) {
      const mark = front.includes(point) ? "*" : " ";
      const drawing = point.drawing > 0 ? `, ${point.drawing.toFixed(2)} of it drawing` : "";
      console.log(
        `  ${mark} ${(100 * point.accuracy).toFixed(1)} % ${point.ms.toFixed(2)} ms${drawing}, ${point.nodes} nodes, prepared in ${point.prepareMs.toFixed(1)} ms: ${point.label}`,
      );
    }
    console.log(
      `  IBMB on the front: ${
        front
          .filter(({ isIbmb }) => isIbmb)
          .map(({ label }) => label)
          .join("; ") || "none"
      }`,
    );
    return [8, 1, null].map((batches) => ratio(title, points, batches));
  } finally {
    client.dispose();
  }
}

/**
 * The fastest points of IBMB and of neighbour sampling that are as good as the whole graph, or as the best
 * that both reach, in so many batches or in any number.
 */
function ratio(title, points, batches) {
  const words =
    batches === null
      ? "each in the batches that suit it"
      : batches === 1
        ? "in one batch"
        : `in ${batches} batches`;
  const whole = points.find(({ method }) => method === "full-graph");
  const there = points.filter(
    (point) => point.batches !== null && (batches === null || point.batches === batches),
  );
  const all = there.filter(({ isIbmb }) => isIbmb);
  const others = there.filter(({ method }) => method === "neighbour-sampling");
  const best = (list) => Math.max(...list.map(({ accuracy }) => accuracy));
  const wanted = Math.min(whole.accuracy, best(all), best(others)) - EQUAL;
  const good = (list) => list.filter(({ accuracy }) => accuracy >= wanted);
  const [own, sure, peer] = [fastest(good(all)), fastest(steady(all, wanted)), fastest(good(others))];
  for (const other of others) {
    const same = fastest(all.filter(({ accuracy }) => accuracy >= other.accuracy - EQUAL));
    if (same !== null && batches !== null)
      console.log(
        `  ${(other.ms / same.ms).toFixed(1)} times as fast as ${other.label} at ${(100 * other.accuracy).toFixed(1)} %: ${same.label}, ${(100 * same.accuracy).toFixed(1)} %`,
      );
  }
  if (sure !== null)
    console.log(
      `  ${words}, of the settings from which on all are as good: ${(peer.ms / sure.ms).toFixed(1)} times as fast, ${sure.label}`,
    );
  const alone = fastest(there.filter((point) => point.alone));
  return {
    name: `${title}, ${words}: ${own.label}`,
    value: own.ms,
    unit: "ms",
    peer: `${peer.label} (${peer.ms.toPrecision(3)} ms; the whole graph ${whole.ms.toPrecision(3)} ms)`,
    ratio: peer.ms / own.ms,
    limit: {
      name: `the outputs alone, ${(peer.ms / alone.ms).toFixed(1)} times as fast`,
      value: alone.ms,
      share: alone.ms / own.ms,
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printRows(await compareRows(process.argv[2]));
