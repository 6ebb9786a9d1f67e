/**
 * The package in Node against plain JavaScript: same graph, same work, one run; results are compared before
 * times.
 */
import assert from "node:assert/strict";
import { createClient } from "ibmb";
import { planted, safetensors } from "../../pkg/tests/planted.mjs";
import { csrOf, gcn, pushAll } from "./peers.mjs";

const NUM_NODES = 20_000;
const NUM_FEATURES = 96;
const HIDDEN = 64;
const REPEATS = 7;

/** The middle of some repeats after two that warm up. */
async function median(work) {
  const times = [];
  for (let i = 0; i < REPEATS + 2; i += 1) times.push(await work());
  return times.slice(2).sort((a, b) => a - b)[REPEATS >> 1];
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Rows `{ name, value, unit, peer, ratio }`; a ratio above 1 says that the package is faster. */
export async function packageRows() {
  const client = await createClient();
  try {
    const bytes = planted(NUM_NODES, NUM_FEATURES);
    const graph = await client.openGraph({ name: "planted.safetensors", data: bytes });
    const csr = csrOf(NUM_NODES, await graph.edges());
    return [await push(graph, csr), await forward(client, graph, csr, features(bytes))];
  } finally {
    client.dispose();
  }
}

async function push(graph, csr) {
  const sources = Uint32Array.from({ length: 500 }, (_, i) => i * 40);
  const [alpha, eps] = [0.25, 1e-4];
  const all = await graph.influencers(sources[1], { alpha, eps, k: NUM_NODES });
  const mass = all.scores.reduce((sum, score) => sum + score, 0);
  assert.ok(
    Math.abs(pushAll(csr, sources.subarray(1, 2), alpha, eps) - mass) < 0.01,
    "the peer does the same work",
  );
  let changed = eps;
  const ours = await median(async () => {
    // Another tolerance in the last digits, since the rows of an equal plan would be used again.
    changed *= 1 - 1e-9;
    const plan = await graph.plan({ outputNodes: sources, alpha, eps: changed });
    plan.dispose();
    return plan.stats.msByStage.influence;
  });
  const peer = await median(async () => timed(() => pushAll(csr, sources, alpha, eps)));
  return row(
    "push PPR, a source",
    ours / sources.length,
    peer / sources.length,
    "plain JavaScript, first in first out",
  );
}

async function forward(client, graph, csr, x) {
  const numClasses = graph.numClasses;
  const weight = (length) => Float32Array.from({ length }, (_, i) => Math.sin(i) / 8);
  const weights = [
    weight(HIDDEN * NUM_FEATURES),
    weight(HIDDEN),
    weight(numClasses * HIDDEN),
    weight(numClasses),
  ];
  const file = safetensors({
    "convs.0.lin.weight": ["F32", [HIDDEN, NUM_FEATURES], weights[0]],
    "convs.0.bias": ["F32", [HIDDEN], weights[1]],
    "convs.1.lin.weight": ["F32", [numClasses, HIDDEN], weights[2]],
    "convs.1.bias": ["F32", [numClasses], weights[3]],
  });
  const model = await client.openModel(file, { featureNormalization: "none" });
  const { logits } = await graph.infer(model);
  const expected = gcn(csr, x, NUM_FEATURES, weights);
  const worst = logits.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
  assert.ok(worst < 1e-3, `the peer does the same work, the worst difference is ${worst}`);
  const ours = await median(async () => (await graph.infer(model)).timeMs);
  const peer = await median(async () => timed(() => gcn(csr, x, NUM_FEATURES, weights)));
  return row(
    `GCN ${NUM_FEATURES}-${HIDDEN}-${numClasses}, ${NUM_NODES} nodes`,
    ours,
    peer,
    "plain JavaScript",
  );
}

function row(name, value, peerValue, peer) {
  return {
    name: `package: ${name}`,
    value,
    unit: "ms",
    peer: `${peer} (${peerValue.toPrecision(3)} ms)`,
    ratio: peerValue / value,
  };
}

/** The tensor `x` of the file. */
function features(bytes) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const { x } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const [start, end] = x.data_offsets.map((offset) => 8 + length + offset);
  return new Float32Array(bytes.slice(start, end).buffer);
}
