/** The calls of the package, through a worker thread. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient, IbmbError } from "ibmb";
import { cases, circle, edgeFile, rejects, textFile } from "./support.mjs";

const golden = await cases("golden_nodewise");
const bits = await cases("plan_bits");
let client;
let karate;

before(async () => {
  client = await createClient();
  karate = await client.openGraph(edgeFile(golden.graph.edges, "karate.csv"), { name: "karate" });
});
after(() => client.dispose());

test("a graph tells what it is", async () => {
  assert.equal(karate.name, "karate");
  assert.equal(karate.numNodes, 34);
  assert.equal(karate.numEdges, 78);
  assert.equal(karate.numFeatures, 0);
  assert.equal(karate.numClasses, 0);
  assert.deepEqual(karate.classNames, []);
  assert.equal(karate.labels, null);
  assert.deepEqual(karate.splits, {});
  assert.equal(karate.report.edgesRead, 78);
  assert.equal(karate.report.duplicatesMerged, 0);
  assert.equal(karate.report.isolatedNodes, 0);
  const edges = await karate.edges();
  assert.equal(edges.length, 156);
  const pairs = new Set(golden.graph.edges.map(([a, b]) => `${Math.min(a, b)},${Math.max(a, b)}`));
  for (let i = 0; i < edges.length; i += 2) assert.ok(pairs.delete(`${edges[i]},${edges[i + 1]}`));
  assert.equal(pairs.size, 0);
});

for (const { name, topK, outputsPerBatch, batches } of golden.cases) {
  test(`node-wise batches are the golden ones: ${name}`, async () => {
    const { alpha, eps, outputs } = golden;
    for (const queue of ["fast", "reference"]) {
      const plan = await karate.plan({ outputNodes: outputs, alpha, eps, topK, outputsPerBatch, queue });
      const found = [];
      for (let index = 0; index < plan.numBatches; index += 1) {
        const batch = await plan.batch(index);
        found.push({ outputs: [...batch.outputNodes], nodes: [...batch.nodes] });
      }
      const byFirst = (a, b) => a.outputs[0] - b.outputs[0];
      assert.deepEqual(found.sort(byFirst), [...batches].sort(byFirst));
      plan.dispose();
    }
  });
}

test("a plan tells its figures, and they fit its batches", async () => {
  const options = { outputNodes: golden.outputs, alpha: 0.25, eps: 1e-6, topK: 4, outputsPerBatch: 5 };
  const plan = await karate.plan(options);
  assert.equal(plan.stats.numOutputs, 12);
  assert.match(plan.stats.digest, /^[0-9a-f]{16}$/);
  assert.ok(plan.stats.bytes > 0);
  assert.deepEqual(Object.keys(plan.stats.msByStage), ["influence", "merging", "writing batches"]);
  assert.deepEqual(plan.options, {
    method: "node-wise",
    measure: "ppr",
    alpha: 0.25,
    eps: 1e-6,
    queue: "fast",
    evenOut: false,
    outputsPerBatch: 5,
    pairNormalization: "row",
    topK: 4,
    normalization: "global-sym",
  });
  let nodes = 0;
  const distinct = new Set();
  for (let index = 0; index < plan.numBatches; index += 1) {
    const batch = await plan.batch(index);
    assert.equal(plan.table.numOutputs[index], batch.outputNodes.length);
    assert.equal(plan.table.numAuxiliary[index], batch.nodes.length - batch.outputNodes.length);
    assert.equal(plan.table.numEdges[index] * 2, batch.edges.length);
    const mean = batch.capturedMass.reduce((sum, mass) => sum + mass, 0) / batch.capturedMass.length;
    assert.ok(Math.abs(plan.table.capturedMass[index] - mean) < 1e-12);
    assert.deepEqual(
      [...batch.nodes.filter((_, local) => batch.isOutput[local] === 1)],
      [...batch.outputNodes],
    );
    for (const node of batch.outputNodes) assert.equal(plan.batchOf[node], index);
    const inside = new Set(batch.nodes);
    const pairs = new Set(
      golden.graph.edges.filter((pair) => pair.every((node) => inside.has(node))).map(String),
    );
    assert.equal(pairs.size, batch.edges.length / 2);
    for (const parallel of ["isOutput", "scores", "bestOutput", "rank", "hop"]) {
      assert.equal(batch[parallel].length, batch.nodes.length, parallel);
    }
    nodes += batch.nodes.length;
    for (const node of batch.nodes) distinct.add(node);
  }
  assert.equal(plan.batchOf.filter((batch) => batch >= 0).length, 12);
  assert.ok(Math.abs(plan.stats.replication - nodes / distinct.size) < 1e-12);
  const again = await karate.plan(options);
  assert.equal(again.stats.digest, plan.stats.digest);
});

test("defaults are filled in: all nodes, at least 32 outputs a batch", async () => {
  const plan = await karate.plan();
  assert.equal(plan.stats.numOutputs, 34);
  assert.equal(plan.options.alpha, 0.25);
  assert.equal(plan.options.eps, 1e-4);
  assert.equal(plan.options.topK, 16);
  // 34 outputs in batches of at least 32 are two batches, evened out to 17.
  assert.equal(plan.options.outputsPerBatch, 17);
});

test("a bound on all nodes of a batch holds instead of one on the outputs", async () => {
  const plan = await karate.plan({ topK: 4, nodesPerBatch: 12 });
  assert.equal(plan.options.nodesPerBatch, 12);
  assert.equal(plan.options.outputsPerBatch, undefined);
  assert.equal(plan.stats.numOutputs, 34);
  for (let i = 0; i < plan.numBatches; i += 1) {
    assert.ok(plan.table.numOutputs[i] + plan.table.numAuxiliary[i] <= 12);
  }
  await rejects(karate.plan({ outputsPerBatch: 4, nodesPerBatch: 12 }), "invalid_option", /^nodesPerBatch: /);
  await rejects(
    karate.plan({ evenOut: true, nodesPerBatch: 12 }),
    "invalid_option",
    /^nodesPerBatch: takes the place of evenOut/,
  );
  await rejects(karate.plan({ nodesPerBatch: 0 }), "invalid_option", /^nodesPerBatch: 0 /);
});

test("a plan without outputs has no batches", async () => {
  const plan = await karate.plan({ outputNodes: new Uint32Array() });
  assert.equal(plan.numBatches, 0);
  assert.equal(plan.stats.numOutputs, 0);
});

test("a layout places every node on the unit square, outputs on the island of their batch", async () => {
  const plan = await karate.plan({ outputNodes: golden.outputs, topK: 4, outputsPerBatch: 5 });
  const stages = [];
  const { positions, island } = await plan.layout({ onProgress: ({ stage }) => stages.push(stage) });
  assert.equal(positions.length, 68);
  assert.equal(island.length, 34);
  for (const value of positions) assert.ok(value >= 0 && value <= 1, `${value}`);
  for (const node of golden.outputs) assert.equal(island[node], plan.batchOf[node]);
  assert.ok(stages.length > 0);
});

test("a layout by forces tells the places on the way, is the same again, and can be cancelled", async () => {
  const seen = [];
  const stages = new Set();
  const options = { method: "force", rounds: 3000 };
  const { positions } = await karate.layout(options, {
    onPositions: (places) => seen.push(places),
    onProgress: ({ stage }) => stages.add(stage),
  });
  assert.equal(positions.length, 68);
  for (const value of positions) assert.ok(value >= 0 && value <= 1, `${value}`);
  assert.ok(seen.length > 0 && seen.every((places) => places.length === 68));
  assert.notDeepEqual(seen[0], positions, "the first places are not the last");
  assert.ok(stages.has("forces"));
  assert.deepEqual((await karate.layout(options)).positions, positions);
  await rejects(karate.layout({ method: "spring" }), "invalid_option");
  await rejects(karate.layout({ rounds: 10_001 }), "invalid_option");
  await rejects(karate.layout({ theta: 1 }), "invalid_option");
  const control = new AbortController();
  const stopped = karate.layout(
    { rounds: 10_000 },
    { signal: control.signal, onProgress: () => control.abort() },
  );
  await rejects(stopped, "cancelled");
});

test("a picture has the pixels of its paper, its edges and its marks", async () => {
  const positions = new Float32Array(68).map((_, i) => (i % 2 === 0 ? i / 2 : 16));
  const marks = new Uint8Array(8 * 34);
  for (let node = 0; node < 34; node += 1) marks.set([200, 0, 0, 255, 4 * 8, 0], 8 * node);
  const colours = {
    paper: [250, 250, 250],
    ring: [0, 0, 0],
    edge: [0, 0, 0],
    batchEdge: [0, 0, 0],
    accent: [0, 0, 255],
  };
  const options = {
    width: 400,
    height: 320,
    positions,
    scale: 10,
    offsetX: 20,
    offsetY: 0,
    marks,
    order: Uint32Array.of(0, 33),
    colours,
  };
  const pixels = await karate.picture(options);
  assert.equal(pixels.length, 4 * 400 * 320);
  const at = (x, y) => [...pixels.subarray(4 * (400 * y + x), 4 * (400 * y + x) + 4)];
  assert.deepEqual(at(5, 5), [250, 250, 250, 255]);
  assert.deepEqual(at(20, 160), [200, 0, 0, 255], "node 0 stands at 20, 160");
  assert.deepEqual(at(350, 160), [200, 0, 0, 255], "node 33 stands at 350, 160");
  assert.ok(at(200, 160)[0] < 200, "all edges run along the row between them");
  await rejects(karate.picture({ ...options, width: 0 }), "invalid_option");
  await rejects(karate.picture({ ...options, positions: new Float32Array(2) }), "shape_mismatch");
  await rejects(karate.picture({ ...options, order: Uint32Array.of(34) }), "invalid_graph");
  await rejects(karate.picture({ ...options, colours: { ...colours, paper: [1, 2] } }), "invalid_option");
  const { scale, ...without } = options;
  await rejects(karate.picture(without), "invalid_option");
});

test("influencers are the strongest first, the node itself among them", async () => {
  const { nodes, scores } = await karate.influencers(11, { alpha: 0.25, eps: 1e-9, k: 3 });
  assert.equal(nodes.length, 3);
  // Node 11 has one edge, to node 0.
  assert.deepEqual([...nodes.slice(0, 2)], [11, 0]);
  assert.ok(scores[0] > scores[1] && scores[1] > scores[2]);
  const all = await karate.influencers("11", { eps: 1e-9, k: 100 });
  const sum = all.scores.reduce((total, score) => total + score, 0);
  assert.ok(sum <= 1 && sum > 0.9999, `${sum}`);
});

test("progress never falls within a stage and ends at its total", async () => {
  const seen = [];
  await karate.plan({ eps: 1e-7 }, { onProgress: (progress) => seen.push(progress) });
  assert.ok(seen.length > 0);
  for (let i = 1; i < seen.length; i += 1) {
    if (seen[i].stage === seen[i - 1].stage) assert.ok(seen[i].done >= seen[i - 1].done);
  }
  const last = seen.at(-1);
  assert.equal(last.stage, "writing batches");
  assert.equal(last.done, last.total);
});

test("options out of range are named, and the graph stays usable", async () => {
  const plan = (options) => karate.plan(options);
  const alpha = await rejects(plan({ alpha: 2 }), "invalid_option", /^alpha: 2 is out of range/);
  assert.ok(alpha instanceof IbmbError);
  assert.deepEqual(alpha.details, { name: "alpha" });
  await rejects(plan({ eps: 0 }), "invalid_option", /^eps: 0 /);
  await rejects(plan({ eps: Number.NaN }), "invalid_option", /^eps: NaN /);
  await rejects(plan({ alpha: "0.2" }), "invalid_option", /^alpha: must be a number/);
  await rejects(plan({ topK: 0 }), "invalid_option", /^topK: 0 /);
  await rejects(
    plan({ topK: 1.5 }),
    "invalid_option",
    /^topK: 1.5 is out of range, allowed is a whole number from 1 on/,
  );
  await rejects(plan({ outputsPerBatch: 0 }), "invalid_option", /^outputsPerBatch: 0 /);
  await rejects(plan({ normalization: "sym" }), "invalid_option", /^normalization: "sym" is not known/);
  await rejects(plan({ method: "best" }), "invalid_option", /^method: "best" is not known/);
  await rejects(
    plan({ topk: 4 }),
    "invalid_option",
    /"topk" is not known; did you mean topK\? known are .*topK/,
  );
  await rejects(plan({ outputNodes: "train" }), "invalid_option", /^split: /);
  await rejects(plan({ outputNodes: "some" }), "invalid_option", /^outputNodes: /);
  await rejects(plan({ outputNodes: [0, 34] }), "invalid_option", /node 34 does not exist/);
  await rejects(plan({ outputNodes: ["Mr Hi"] }), "invalid_option", /node "Mr Hi" does not exist/);
  await rejects(plan({ outputNodes: Uint32Array.of(34) }), "invalid_graph", /node 34 does not exist/);
  await rejects(plan({ outputNodes: [3, 3] }), "invalid_graph", /node 3 comes twice/);
  await rejects(plan({ alpha: () => 1 }), "invalid_option", /cannot be sent/);
  await rejects(karate.influencers(34), "invalid_option", /node 34 does not exist/);
  await rejects(karate.influencers(0, { k: 0 }), "invalid_option", /^k: 0 /);
  const good = await plan({ topK: 2 });
  await rejects(good.batch(good.numBatches), "invalid_option", /^index: /);
  await rejects(good.batch(-1), "invalid_option", /^index: /);
  assert.equal((await karate.edges()).length, 156);
});

test("a bad file is named with its line, and the open graph stays usable", async () => {
  const bad = textFile("bad.csv", "source,target\n0,1\n1\n");
  const error = await rejects(client.openGraph(bad), "parse", /bad\.csv, line 3/);
  assert.equal(error.details.file, "bad.csv");
  assert.equal(error.details.line, 3);
  await rejects(client.openGraph([]), "invalid_graph", /no file has edges/);
  await rejects(client.openGraph({ name: "a.csv" }), "invalid_option", /^files\[0\]: data/);
  await rejects(client.openGraph({ data: new Uint8Array() }), "invalid_option", /^files\[0\]: name/);
  assert.equal((await karate.edges()).length, 156);
});

test("a Blob is read in the worker; its bytes are counted once here and once by the wasm", async () => {
  const data = new Blob([edgeFile(circle(60000)).data]);
  const seen = [];
  const graph = await client.openGraph(
    { name: "circle.csv", data },
    { onProgress: (progress) => seen.push(progress) },
  );
  assert.equal(graph.numEdges, 240000);
  graph.dispose();
  const reading = seen.filter(({ stage }) => stage === "reading");
  assert.ok(reading.length > 0);
  for (const { total } of reading) assert.equal(total, 2 * data.size);
  for (let i = 1; i < reading.length; i += 1) assert.ok(reading[i].done >= reading[i - 1].done);
  assert.equal(seen.at(-1).stage, "building");
});

test("the caller's bytes stay the caller's", async () => {
  const file = edgeFile(golden.graph.edges);
  const length = file.data.length;
  (await client.openGraph(file)).dispose();
  assert.equal(file.data.length, length);
});

test("names stand for nodes where the graph has names", async () => {
  const graph = await client.openGraph(textFile("who.csv", "source,target\nanna,bert\nbert,Zoë 🐚\n"));
  assert.deepEqual([...graph.nodeNames].sort(), ["Zoë 🐚", "anna", "bert"].sort());
  const { nodes } = await graph.influencers("Zoë 🐚", { k: 1 });
  assert.deepEqual([...nodes], [graph.nodeNames.indexOf("Zoë 🐚")]);
  await rejects(graph.influencers("carl"), "invalid_option", /node "carl" does not exist/);
  const plan = await graph.plan({ outputNodes: ["bert", "anna"] });
  assert.equal(plan.stats.numOutputs, 2);
  graph.dispose();
});

test("edges keep their weights and directions when they are asked to", async () => {
  const file = textFile("flow.csv", "source,target,weight\n0,1,3\n2,1,1\n1,3,0.5\n");
  const plain = await client.openGraph(file);
  assert.deepEqual([plain.directed, plain.weighted, plain.numEdges], [false, false, 3]);
  assert.match(plain.report.warnings[0], /weights in column 3 were ignored/);
  const graph = await client.openGraph(file, { directed: true, weights: "use" });
  assert.deepEqual([graph.directed, graph.weighted, graph.numEdges], [true, true, 3]);
  assert.deepEqual([...(await graph.edges())], [0, 1, 2, 1, 1, 3]);
  // By hand: a walk against the edges from 1 stays there with 1/5 and goes to 0 with 3/5, to 2 with 1/5, and
  // these are sinks but for their loops. With alpha 1/2: pi(1) = 1/2 / (1 - 1/10) = 5/9, pi(0) = 3/4 (1 -
  // 5/9), pi(2) = 1/9.
  const { nodes, scores } = await graph.influencers(1, { alpha: 0.5, eps: 1e-9 });
  assert.deepEqual([...nodes], [1, 0, 2]);
  [5 / 9, 1 / 3, 1 / 9].forEach((expected, i) => assert.ok(Math.abs(scores[i] - expected) < 1e-6));
  const plan = await graph.plan({ outputNodes: [3], topK: 4 });
  const batch = await plan.batch(0);
  assert.deepEqual([...batch.hop], [2, 1, 2, 0]);
  assert.deepEqual([...batch.edges], [0, 1, 2, 1, 1, 3]);
  const saved = { name: "saved.safetensors", data: await graph.save() };
  const back = await client.openGraph(saved, { weights: "use" });
  assert.deepEqual([back.directed, back.weighted], [true, true]);
  assert.deepEqual((await back.influencers(1, { alpha: 0.5, eps: 1e-9 })).scores, scores);
  await rejects(client.openGraph(file, { weights: "yes" }), "invalid_option", /^weights: "yes" is not known/);
  await rejects(
    client.openGraph(file, { directed: "yes" }),
    "invalid_option",
    /^directed: must be true or false/,
  );
  await rejects(client.openGraph(file, { weighted: true }), "invalid_option", /"weighted" is not known/);
  for (const object of [plain, graph, plan, back]) object.dispose();
});

test("limits hold", async () => {
  const small = await createClient({ limits: { maxNodes: 33 } });
  const error = await rejects(
    small.openGraph(edgeFile(golden.graph.edges)),
    "limit_exceeded",
    /34 exceeds the limit of 33/,
  );
  assert.equal(error.details.got, 34);
  assert.equal(error.details.max, 33);
  small.dispose();
  await rejects(createClient({ limits: { maxNodes: -1 } }), "invalid_option", /^maxNodes: /);
  await rejects(createClient({ limits: { maxnodes: 1 } }), "invalid_option", /"maxnodes" is not known/);
});

test("plans and tours of the sample have the bits that native code gives", async () => {
  const sample = new URL("../../www/public/samples/cora.safetensors", import.meta.url);
  const graph = await client.openGraph({ name: "cora.safetensors", data: await readFile(sample) });
  assert.equal((await graph.plan()).stats.digest, bits.coraDefaults);
  assert.equal((await graph.plan({ measure: "heat-kernel" })).stats.digest, bits.coraHeatKernel);
  const { numBatches, seed, digest, tour } = bits.coraBatchWise;
  const plan = await graph.plan({ method: "batch-wise", numBatches, seed });
  assert.equal(plan.stats.digest, digest);
  assert.deepEqual([...(await plan.order({ schedule: "order", seed })).order], tour);
  graph.dispose();
});
