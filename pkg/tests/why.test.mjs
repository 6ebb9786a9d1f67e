/**
 * Neighbourhoods, reasons, paths and predictions without a node, against numbers by hand and against other
 * calls.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { rejects, textFile } from "./support.mjs";

const NONE = 0xffffffff;
let client;
let cora;
let plan;
let model;

before(async () => {
  client = await createClient();
  const sample = await readFile(new URL("../../www/public/samples/cora.safetensors", import.meta.url));
  cora = await client.openGraph({ name: "cora.safetensors", data: sample });
  plan = await cora.plan({ outputNodes: "test", topK: 8 });
  ({ model } = await cora.train({ arch: "gcn", epochs: 3, hidden: 8, seed: 1 }));
});
after(() => client.dispose());

/** A square with a tail: 0-1-2-3-0 and 2-4, named. */
const square = () => client.openGraph(textFile("edges.csv", "source,target\na,b\nb,c\nc,d\nd,a\nc,e\n"));

test("a square by hand: paths, flow, rings", async () => {
  const graph = await square();
  // Rows have a self-loop: a, b, d, e have degrees 3, 3, 3, 2, c has 4. Two equal ways from a to c.
  const paths = await graph.paths("a", "c", { alpha: 0.5 });
  assert.deepEqual(
    paths.map(({ nodes }) => [...nodes].map((node) => graph.nodeNames[node]).join("")),
    ["abc", "adc"],
  );
  for (const { strength } of paths) assert.ok(Math.abs(strength - 0.5 * (0.5 / 3) * (0.5 / 3)) < 1e-15);
  const ids = (await graph.paths("e", "a", { within: ["a", "b", "c", "e"] })).map(({ nodes }) => [...nodes]);
  assert.deepEqual(
    ids.map((nodes) => nodes.map((node) => graph.nodeNames[node]).join("")),
    ["ecba"],
  );
  const around = await graph.neighbourhood(["a"], { alpha: 0.5, eps: 1e-9, k: 3, leftOut: 1 });
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => graph.nodeNames.indexOf(name));
  assert.deepEqual([...around.nodes], [a, b, d, c]);
  assert.deepEqual([...around.isChosen], [1, 1, 1, 0]);
  assert.deepEqual([...around.hop], [0, 1, 1, 2]);
  assert.deepEqual([...around.parent], [NONE, 0, 0, 1]);
  // b and d have half a turn each; c, left out, needs a quarter of b's half and stands in its middle.
  assert.deepEqual([...around.turn], [0.5, 0.25, 0.75, 0.25]);
  assert.equal(around.numLeftOut, 2);
  // Flow both ways along each edge from the scores: (1 - alpha) / alpha is 1 here.
  const score = (node) => around.scores[around.nodes.indexOf(node)];
  const degree = new Map([
    [a, 3],
    [b, 3],
    [c, 4],
    [d, 3],
  ]);
  assert.equal(around.edges.length, 8);
  around.flow.forEach((flow, at) => {
    const [u, v] = [around.edges[2 * at], around.edges[2 * at + 1]];
    assert.ok(Math.abs(flow - score(u) / degree.get(u) - score(v) / degree.get(v)) < 1e-12);
  });
  assert.ok(Math.abs(around.capturedMass - score(a) - score(b) - score(d)) < 1e-12);
});

test("the neighbourhood of a batch and of its outputs agree with the plan", async () => {
  const index = 1;
  const batch = await plan.batch(index);
  const around = await plan.neighbourhood(index, { leftOut: 5 });
  const chosen = around.nodes.filter((_, at) => around.isChosen[at]);
  assert.deepEqual(
    [...chosen].sort((u, v) => u - v),
    [...batch.nodes],
  );
  assert.equal(around.nodes.length, chosen.length + 5);
  around.nodes.forEach((node, at) => {
    const local = batch.nodes.indexOf(node);
    if (local >= 0) assert.equal(Math.fround(around.scores[at]), batch.scores[local]);
  });
  const mean = batch.capturedMass.reduce((sum, mass) => sum + mass, 0) / batch.capturedMass.length;
  assert.ok(Math.abs(around.capturedMass - mean) < 1e-12);
  // Chosen anew with the plan's options it is the same; other options let nodes enter.
  const again = await cora.neighbourhood(batch.outputNodes, { k: 8, leftOut: 5 });
  assert.deepEqual(again, around);
  const more = await cora.neighbourhood(batch.outputNodes, { k: 12, leftOut: 0 });
  assert.ok(more.nodes.length > chosen.length && more.capturedMass > around.capturedMass);
  const one = await plan.neighbourhood(index, { outputs: [batch.outputNodes[0]] });
  assert.ok(Math.abs(one.capturedMass - batch.capturedMass[0]) < 1e-12);
  const top = await cora.influencers(batch.outputNodes[0], { k: 8 });
  assert.deepEqual([...one.nodes.subarray(0, 8)], [...top.nodes]);
});

test("why a node is in a batch agrees with the batch", async () => {
  const batch = await plan.batch(0);
  const auxiliary = batch.nodes.filter((_, at) => !batch.isOutput[at]).subarray(0, 20);
  for (const node of auxiliary) {
    const why = await plan.why(0, node);
    const local = batch.nodes.indexOf(node);
    const asked = [...why.ranks].filter((_, at) => why.asked[at]);
    assert.equal(Math.min(...asked), batch.rank[local]);
    assert.ok(asked.every((rank) => rank <= 8));
    assert.equal(why.outputs[0], batch.bestOutput[local]);
    assert.ok(why.batches.includes(0));
    // The list of the output itself says the same rank and score.
    const { nodes, scores } = await cora.influencers(why.outputs[0], { k: why.ranks[0] });
    assert.deepEqual([nodes.at(-1), scores.at(-1)], [node, why.scores[0]]);
  }
});

test("a batch is predicted with and without a node", async () => {
  const index = plan.batchOf[cora.splits.public.test[0]];
  const batch = await plan.batch(index);
  const full = await plan.infer(model);
  const node = batch.nodes.find((_, at) => !batch.isOutput[at] && batch.hop[at] === 1);
  const { withNode, withoutNode } = await plan.inferWithout(model, index, node);
  assert.deepEqual(withNode.nodes, batch.outputNodes);
  assert.deepEqual(withoutNode.nodes, batch.outputNodes);
  const classes = withNode.numClasses;
  let changed = 0;
  batch.outputNodes.forEach((output, at) => {
    const row = full.nodes.indexOf(output);
    for (let k = 0; k < classes; k += 1) {
      assert.equal(withNode.logits[at * classes + k], full.logits[row * classes + k]);
      changed += withNode.logits[at * classes + k] !== withoutNode.logits[at * classes + k] ? 1 : 0;
    }
    const sum = withoutNode.probabilities
      .subarray(at * classes, (at + 1) * classes)
      .reduce((all, p) => all + p, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
  });
  assert.ok(changed > 0);
  await rejects(
    plan.inferWithout(model, index, batch.outputNodes[0]),
    "invalid_option",
    /is an output of batch/,
  );
});

test("a node alone, bad options, a signal", async () => {
  const graph = await client.openGraph(textFile("edges.csv", "0,1\n2,2\n"));
  const alone = await graph.neighbourhood([2]);
  assert.deepEqual([[...alone.nodes], alone.edges.length, alone.numLeftOut], [[2], 0, 0]);
  assert.deepEqual(await graph.paths(0, 2), []);
  await rejects(graph.neighbourhood([]), "invalid_option", /at least one node/);
  await rejects(graph.neighbourhood([0], { k: 0 }), "invalid_option", /k: 0/);
  await rejects(graph.neighbourhood([0], { alpha: 2 }), "invalid_option", /alpha/);
  await rejects(graph.neighbourhood(["7"]), "invalid_option", /nodes: node "7" does not exist/);
  await rejects(graph.paths(0, 1, { k: 101 }), "invalid_option", /1 to 100/);
  await rejects(graph.paths(0, 1, { within: [0] }), "invalid_option", /node 1 is an end/);
  await rejects(plan.why(0, 2708), "invalid_option", /node 2708 does not exist/);
  await rejects(plan.why(999, 0), "invalid_option", /index/);
  const outside = plan.batchOf.indexOf(1);
  if (!(await plan.batch(0)).nodes.includes(outside))
    await rejects(plan.why(0, outside), "invalid_option", /is not in batch 0/);
  await rejects(plan.neighbourhood(0, { signal: AbortSignal.abort() }), "cancelled");
});

test("a plan by the heat kernel has no flow but all the rest", async () => {
  const heat = await cora.plan({ outputNodes: "val", measure: "heat-kernel", eps: 1e-3 });
  const around = await heat.neighbourhood(0);
  assert.equal(around.flow, null);
  assert.ok(around.edges.length > 0 && around.capturedMass > 0);
  const why = await heat.why(0, around.nodes[0]);
  assert.ok(why.outputs.length > 0);
});
