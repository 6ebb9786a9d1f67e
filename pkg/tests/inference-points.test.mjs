/** Ways of inference side by side, and planted graphs, through the worker. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { rejects } from "./support.mjs";

const sample = (name) => readFile(new URL(`../../www/public/samples/${name}`, import.meta.url));

let client;
let graph;
let model;
let outputs;
let exact;
before(async () => {
  client = await createClient();
  graph = await client.openGraph({ name: "cora.safetensors", data: await sample("cora.safetensors") });
  model = await client.openModel({
    name: "cora-gcn.safetensors",
    data: await sample("cora-gcn.safetensors"),
  });
  outputs = graph.splits.public.test.filter((_, at) => at % 10 === 0);
  exact = await graph.infer(model, { nodes: outputs });
});
after(() => client.dispose());

const once = { repeats: 1, warmUps: 0 };

/** Greatest difference of two lists. */
const worst = (a, b) => a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0);

const ways = [
  { method: "node-wise", topK: 8 },
  { method: "batch-wise", numBatches: 4 },
  { method: "hybrid", numBatches: 4 },
  { method: "random", topK: 8 },
  { method: "cluster", numBatches: 4 },
  { method: "full-graph" },
  { method: "neighbour-sampling", fanOuts: [3, 2] },
  { method: "shadow", topK: 8 },
  { method: "shadow-hops", depth: 2, numNeighbours: 3 },
  { method: "ladies", nodesPerLayer: 64 },
  { method: "saint", walkLength: 2, walksPerOutput: 3, coverage: 10 },
];

for (const way of ways) {
  test(`one point of ${way.method}`, async () => {
    const stages = new Set();
    const point = await graph.inferBy(model, {
      ...way,
      outputNodes: outputs,
      repeats: 3,
      warmUps: 1,
      onProgress: ({ stage, done, total }) => {
        stages.add(stage);
        assert.ok(done <= total, `${stage}: ${done} of ${total}`);
      },
    });
    assert.deepEqual([...point.nodes], [...outputs]);
    const right = outputs.filter((node, at) => graph.labels[node] === point.predictions[at]).length;
    assert.equal(point.accuracy.all, right / outputs.length);
    // Weights that were trained on this graph: 82 % of all test nodes on the whole graph.
    assert.ok(point.accuracy.all > 0.6, `${point.accuracy.all}`);
    assert.equal(point.passMs.length, 3);
    const [low, middle, high] = [...point.passMs].sort((a, b) => a - b);
    assert.equal(point.timeMs, middle);
    assert.ok(low >= 0 && high >= middle);
    const spent = Object.values(point.msByStage).reduce((sum, ms) => sum + ms, 0);
    assert.ok(Math.abs(spent - point.timeMs) < 1e-6);
    const prepared = Object.values(point.prepareByStage).reduce((sum, ms) => sum + ms, 0);
    assert.ok(point.prepareMs > 0 && Math.abs(prepared - point.prepareMs) < 1e-6);
    assert.ok(point.nodesComputed >= outputs.length && point.bytes > 0);
    assert.ok(stages.has("measuring"));
    const again = await graph.inferBy(model, { ...way, outputNodes: outputs, ...once });
    assert.deepEqual([again.digest, again.nodesComputed], [point.digest, point.nodesComputed]);
    if (way.seed === undefined && ["neighbour-sampling", "ladies", "saint"].includes(way.method)) {
      const other = await graph.inferBy(model, { ...way, seed: 1, outputNodes: outputs, ...once });
      assert.notEqual(other.digest, point.digest);
    }
  });
}

test("what leaves nothing out is the whole graph", async () => {
  const all = graph.numNodes;
  const whole = [
    { method: "full-graph" },
    { method: "neighbour-sampling", fanOuts: [all, all] },
    { method: "ladies", nodesPerLayer: all },
    { method: "shadow-hops", depth: 3, numNeighbours: all, outputsPerBatch: 5 },
  ];
  for (const way of whole) {
    const point = await graph.inferBy(model, { ...way, outputNodes: outputs, ...once });
    assert.ok(worst(point.logits, exact.logits) < 1e-4, way.method);
  }
  const plan = await graph.plan({ outputNodes: outputs, topK: 8 });
  const point = await graph.inferBy(model, { method: "node-wise", topK: 8, outputNodes: outputs, ...once });
  assert.equal(point.digest, (await plan.infer(model)).digest);
  // A two-layer network on the whole graph reads the nodes within two steps.
  const near = new Set(outputs);
  const edges = await graph.edges();
  for (let step = 0; step < 2; step += 1) {
    const reached = [...near];
    const old = new Set(reached);
    for (let at = 0; at < edges.length; at += 2) {
      const [u, v] = [edges[at], edges[at + 1]];
      if (old.has(u)) near.add(v);
      if (old.has(v)) near.add(u);
    }
  }
  const full = await graph.inferBy(model, { method: "full-graph", outputNodes: outputs, ...once });
  assert.equal(full.nodesComputed, near.size);
  assert.equal(point.nodesComputed <= plan.stats.numNodes, true);
  plan.dispose();
});

test("preparation starts afresh and leaves plans alone", async () => {
  const options = { method: "node-wise", outputNodes: "all", eps: 1e-5 };
  const first = await graph.inferBy(model, { ...options, ...once });
  const second = await graph.inferBy(model, { ...options, ...once });
  // Rows that were used again would take nothing.
  assert.ok(second.prepareByStage.influence > first.prepareByStage.influence / 10);
});

test("passes go on over what was prepared once", async () => {
  for (const way of ways) {
    const stages = new Set();
    const prepared = await graph.prepareBy(model, {
      ...way,
      outputNodes: outputs,
      onProgress: ({ stage }) => stages.add(stage),
    });
    const { prepareMs, prepareByStage } = prepared;
    const first = await prepared.measure(once);
    const seen = new Set();
    const stop = new AbortController();
    const long = prepared.measure({
      repeats: 1000,
      signal: stop.signal,
      onProgress: ({ stage }) => seen.add(stage),
    });
    await rejects(prepared.measure(once), "invalid_option", /under way/);
    stop.abort();
    await rejects(long, "cancelled");
    // The worker hears of the cancel between two passes.
    const next = async () =>
      prepared
        .measure({ repeats: 2, warmUps: 0 })
        .catch((error) => (/under way/.test(error.message) ? next() : Promise.reject(error)));
    const second = await next();
    assert.deepEqual(
      [
        second.digest,
        second.nodesComputed,
        second.accuracy,
        second.prepareMs,
        second.prepareByStage,
        second.passMs.length,
      ],
      [first.digest, first.nodesComputed, first.accuracy, prepareMs, prepareByStage, 2],
      way.method,
    );
    assert.ok(
      [...seen].every((stage) => stage === "warming up" || stage === "measuring"),
      `${way.method}: ${[...seen]}`,
    );
    const point = await graph.inferBy(model, { ...way, outputNodes: outputs, ...once });
    assert.deepEqual([point.digest, point.nodesComputed], [first.digest, first.nodesComputed]);
    const last = prepared.measure(once);
    prepared.dispose();
    assert.equal((await last).digest, first.digest);
    await rejects(prepared.measure(once), "disposed");
  }
});

test("options are named", async () => {
  const refused = async (options, message) =>
    rejects(graph.inferBy(model, options), "invalid_option", message);
  await refused({ method: "guessing" }, /^method: "guessing" is not known/);
  await refused({}, /^method: is missing/);
  await refused({ method: "ladies", topK: 3 }, /topK/);
  await refused(
    { method: "neighbour-sampling", fanOuts: [1] },
    /^fanOuts: 1 numbers for a model of 2 layers/,
  );
  await refused(
    { method: "neighbour-sampling", fanOuts: [1, 0.5] },
    /^fanOuts: 0.5 is out of range, allowed is a whole number from 1 on/,
  );
  await refused({ method: "neighbour-sampling", fanOuts: [0, 1] }, /^fanOuts: 0 is out of range/);
  await refused({ method: "shadow", topK: 0 }, /^topK: 0 is out of range/);
  await refused({ method: "saint", walkLength: 65 }, /^walkLength: 65 is out of range/);
  await refused(
    { method: "full-graph", repeats: 0 },
    /^repeats: 0 is out of range, allowed is a whole number from 1/,
  );
  await refused({ method: "full-graph", warmUps: 0.5 }, /^warmUps: 0.5 is out of range/);
  await refused({ method: "full-graph", outputNodes: [99999] }, /outputNodes: node 99999 does not exist/);
  await rejects(
    graph.inferBy(model, { method: "ladies", outputNodes: Uint32Array.of(3, 3) }),
    "invalid_graph",
    /twice/,
  );
  const sage = (await graph.train({ arch: "sage", epochs: 1, hidden: 8 })).model;
  await rejects(graph.inferBy(sage, { method: "ladies" }), "invalid_option", /^method: ladies weighs nodes/);
  sage.dispose();
});

test("a point under way is cancelled", async () => {
  const stop = new AbortController();
  const running = graph.inferBy(model, {
    method: "neighbour-sampling",
    repeats: 1000,
    signal: stop.signal,
    onProgress: ({ stage }) => stage === "measuring" && stop.abort(),
  });
  await rejects(running, "cancelled");
  await graph.inferBy(model, { method: "neighbour-sampling", outputNodes: outputs, ...once });
});

test("planted graphs have the edges of the published stream", async () => {
  // Fingerprints of the sorted edge lists of an independent generator in Python.
  const published = [
    [
      { numNodes: 1000, numDraws: 4000, numClasses: 4 },
      "950552990494fb3ce47430b5d9e0ccc9109ae212aa50548ec815a5aeee35e80f",
    ],
    [{ numNodes: 100_000 }, "84e1e762a36a45cd575bf49be25e9cb7bdfc790502b9cf0523612a068ff8f38d"],
  ];
  for (const [options, digest] of published) {
    const seen = new Set();
    const made = await client.plantedGraph({ ...options, onProgress: ({ stage }) => seen.add(stage) });
    assert.equal(
      createHash("sha256")
        .update(await made.edges())
        .digest("hex"),
      digest,
    );
    assert.ok(made.labels.every((label, node) => label === node % made.numClasses));
    assert.deepEqual(Object.keys(made.splits), ["planted"]);
    // The last report is always sent.
    assert.ok(seen.has("drawing") && seen.has("features"), [...seen].join());
    made.dispose();
  }
  const made = await client.plantedGraph({ numNodes: 2000 });
  const run = await made.train({ epochs: 40, hidden: 16 });
  const { accuracy } = await made.infer(run.model);
  // One class of ten: guessing is right in a tenth.
  assert.ok(accuracy.test > 0.6, `${accuracy.test}`);
  await rejects(
    client.plantedGraph({ numNodes: 1001 }),
    "invalid_option",
    /^numNodes: 1001 is out of range, allowed is a multiple/,
  );
  await rejects(client.plantedGraph({ nodes: 10 }), "invalid_option", /"nodes" is not known/);
  await rejects(client.plantedGraph({ featureSignal: 2 }), "invalid_option", /^featureSignal: 2 /);
  await rejects(client.plantedGraph({ numNodes: 4_000_000_000 }), "invalid_option", /^numDraws: /);
  // 100 million edges at 72 bytes and 20 million nodes at 32.
  await rejects(
    client.plantedGraph({ numNodes: 20_000_000 }),
    "limit_exceeded",
    /estimated bytes to make the graph: 7840000000 exceeds/,
  );
  const stop = new AbortController();
  const large = client.plantedGraph({
    numNodes: 1_000_000,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await rejects(large, "cancelled");
});
