/**
 * Every method of planning through the worker: batches that partition the outputs, options by method, reuse.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { rejects } from "./support.mjs";

let client;
let graph;
let sample;
before(async () => {
  client = await createClient();
  const data = await readFile(new URL("../../www/public/samples/cora.safetensors", import.meta.url));
  sample = { name: "cora.safetensors", data };
  graph = await client.openGraph(sample);
});
after(() => client.dispose());

const plans = {
  "node-wise": { evenOut: true, pairNormalization: "sym", outputsPerBatch: 200 },
  "node-wise, nodes bounded": { method: "node-wise", nodesPerBatch: 400 },
  "node-wise, heat kernel": { method: "node-wise", measure: "heat-kernel", heatTime: 3 },
  "batch-wise": { method: "batch-wise", numBatches: 6, expandRatio: 0.5, seed: 3 },
  "batch-wise, reference": {
    method: "batch-wise",
    numBatches: 6,
    direction: "reference",
    balance: "outputs",
  },
  "batch-wise, heat kernel": { method: "batch-wise", measure: "heat-kernel", numBatches: 4 },
  hybrid: { method: "hybrid", numBatches: 5, topK: 8 },
  random: { method: "random", outputsPerBatch: 150, seed: 1 },
  cluster: { method: "cluster", numBatches: 7 },
};

for (const [name, options] of Object.entries(plans)) {
  test(`outputs are partitioned and in their batch: ${name}`, async () => {
    const plan = await graph.plan({ outputNodes: "test", ...options });
    const seen = [];
    for (let index = 0; index < plan.numBatches; index += 1) {
      const batch = await plan.batch(index);
      assert.ok(batch.outputNodes.length > 0, "no batch is without outputs");
      const inside = new Set(batch.nodes);
      assert.ok(batch.outputNodes.every((node) => inside.has(node)));
      assert.ok(batch.capturedMass.every((mass) => mass > 0 && mass <= 1 + 1e-9));
      if (options.nodesPerBatch) assert.ok(batch.nodes.length <= options.nodesPerBatch);
      if (options.outputsPerBatch) assert.ok(batch.outputNodes.length <= plan.options.outputsPerBatch);
      if (options.numBatches) assert.ok(plan.numBatches <= options.numBatches);
      seen.push(...batch.outputNodes);
    }
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      [...graph.splits.public.test],
    );
    for (const [key, value] of Object.entries(options)) {
      if (!["evenOut", "outputsPerBatch"].includes(key)) assert.equal(plan.options[key], value, key);
    }
    const { least, most } = await graph.planBytes({ outputNodes: "test", ...options });
    const { bytes } = plan.stats;
    assert.ok(least <= bytes && bytes <= most, `${bytes} in ${least} to ${most}`);
    const again = await graph.plan({ outputNodes: "test", ...options });
    assert.equal(again.stats.digest, plan.stats.digest);
    plan.dispose();
    again.dispose();
  });
}

test("a plan that cannot fit is refused before any work, for every method", async () => {
  for (const [name, options] of Object.entries(plans)) {
    const { least } = await graph.planBytes({ outputNodes: "test", ...options });
    const small = await createClient({ limits: { maxPlanBytes: least - 1 } });
    try {
      const bounded = await small.openGraph(sample);
      const seen = [];
      const plan = bounded.plan(
        { outputNodes: "test", ...options },
        { onProgress: (progress) => seen.push(progress) },
      );
      const error = await rejects(
        plan,
        "limit_exceeded",
        /^bytes of the plan at the least \(fewer outputs need fewer\): \d+ exceeds/,
      );
      assert.deepEqual([error.details.got, error.details.max], [least, least - 1], name);
      assert.equal(seen.length, 0);
    } finally {
      small.dispose();
    }
  }
  await rejects(graph.planBytes({ topK: 0 }), "invalid_option", /^topK: 0 /);
  await rejects(
    graph.planBytes({ outputNodes: Uint32Array.of(3, 3) }),
    "invalid_graph",
    /node 3 comes twice/,
  );
});

test("what cannot be planned is named by every method", async () => {
  for (const {
    nodesPerBatch,
    outputsPerBatch,
    numBatches,
    measure,
    heatTime,
    topK,
    ...options
  } of Object.values(plans)) {
    const plan = (more) => graph.plan({ outputNodes: "test", ...options, ...more });
    await rejects(
      plan({ alpha: 0 }),
      "invalid_option",
      /^alpha: 0 is out of range, allowed is a number above 0 up to 1/,
    );
    await rejects(plan({ alpha: 1.5 }), "invalid_option", /^alpha: 1.5 is out of range/);
    await rejects(
      plan({ eps: 0 }),
      "invalid_option",
      /^eps: 0 is out of range, allowed is a finite number above 0/,
    );
    await rejects(plan({ eps: Infinity }), "invalid_option", /^eps: inf is out of range/);
    await rejects(
      plan({ outputNodes: Uint32Array.of(4, 2, 4) }),
      "invalid_graph",
      /node 4 comes twice, at positions 0 and 2/,
    );
    await rejects(
      plan({ outputNodes: Uint32Array.of(2708) }),
      "invalid_graph",
      /node 2708 does not exist, the graph has 2708/,
    );
    const none = await plan({ outputNodes: new Uint32Array() });
    assert.equal(none.numBatches, 0);
    none.dispose();
    if (["node-wise", "hybrid", "random"].includes(options.method)) {
      await rejects(
        plan({ topK: 0 }),
        "invalid_option",
        /^topK: 0 is out of range, allowed is a whole number from 1 on/,
      );
    }
    if (["batch-wise", "hybrid", "cluster"].includes(options.method)) {
      await rejects(plan({ numBatches: 0 }), "invalid_option", /^numBatches: 0 is out of range/);
      const many = plan({ outputNodes: [1, 2], numBatches: 3 });
      await rejects(
        many,
        "invalid_option",
        /^numBatches: 3 batches for 2 outputs, allowed are at most as many as outputs/,
      );
    }
  }
  const heat = graph.plan({ measure: "heat-kernel", heatTime: 51 });
  await rejects(
    heat,
    "invalid_option",
    /^heatTime: 51 is out of range, allowed is a number above 0 up to 50/,
  );
  await rejects(
    graph.plan({ method: "batch-wise", expandRatio: -1 }),
    "invalid_option",
    /^expandRatio: -1 is out of range/,
  );
});

test("outputs are evened out", async () => {
  const plan = await graph.plan({ outputNodes: "test", outputsPerBatch: 600, evenOut: true });
  assert.equal(plan.options.outputsPerBatch, 500);
  plan.dispose();
});

test("an option of another method or measure is named", async () => {
  await rejects(
    graph.plan({ method: "batch-wise", topK: 4 }),
    "invalid_option",
    /topK is not an option of method batch-wise, but of node-wise, hybrid, random/,
  );
  await rejects(
    graph.plan({ topK: 4, numBatches: 3 }),
    "invalid_option",
    /numBatches is not an option of method node-wise, but of batch-wise, hybrid, cluster/,
  );
  await rejects(graph.plan({ heatTime: 4 }), "invalid_option", /heatTime is not an option of measure ppr/);
  await rejects(
    graph.plan({ measure: "heat-kernel", alpha: 0.5 }),
    "invalid_option",
    /alpha is not an option of measure heat-kernel/,
  );
  await rejects(
    graph.plan({ outputsPerBatch: 4, nodesPerBatch: 9 }),
    "invalid_option",
    /give one of the two/,
  );
  const many = { method: "cluster", outputNodes: [1, 2], numBatches: 3 };
  await rejects(
    graph.plan(many),
    "invalid_option",
    /numBatches: 3 batches for 2 outputs, allowed are at most as many as outputs/,
  );
});

test("every epoch of every schedule has each batch once, and the tour is as long as its distances say", async () => {
  const plan = await graph.plan({ outputNodes: "train", outputsPerBatch: 20 });
  const n = plan.numBatches;
  assert.ok(n >= 7);
  for (const schedule of ["random", "sample", "order"]) {
    const { order, distances, tourLength } = await plan.order({ schedule, seed: 5, epochs: 4 });
    for (let epoch = 0; epoch < 4; epoch += 1) {
      const batches = [...order.subarray(epoch * n, (epoch + 1) * n)].sort((a, b) => a - b);
      assert.deepEqual(
        batches,
        Array.from({ length: n }, (_, batch) => batch),
      );
    }
    for (let a = 0; a < n; a += 1) {
      for (let b = 0; b < n; b += 1) assert.equal(distances[a * n + b], distances[b * n + a]);
    }
    const sum = Array.from({ length: n }, (_, i) => distances[order[i] * n + order[(i + 1) % n]]).reduce(
      (a, b) => a + b,
    );
    if (schedule === "order") assert.ok(Math.abs(sum - tourLength) < 1e-9);
    else assert.equal(tourLength, undefined);
  }
  await rejects(
    plan.order({ schedule: "tour" }),
    "invalid_option",
    /"tour" is not known; known are random, sample, order/,
  );
  const run = await graph.train({ plan, schedule: "order", epochs: 3, hidden: 8 });
  assert.equal(run.history.length, 3);
});

test("figures of a plan fit its batches", async () => {
  const plan = await graph.plan({ outputNodes: "test", outputsPerBatch: 250, topK: 4 });
  const n = plan.numBatches;
  const batches = await Promise.all(Array.from({ length: n }, (_, index) => plan.batch(index)));
  const overlap = await plan.overlap();
  const labels = await plan.labelCounts();
  const { byHop, noPath } = await plan.hops();
  for (let a = 0; a < n; a += 1) {
    const nodes = new Set(batches[a].nodes);
    for (let b = 0; b < n; b += 1) {
      assert.equal(overlap[a * n + b], batches[b].nodes.filter((node) => nodes.has(node)).length);
    }
    const counts = new Array(graph.numClasses).fill(0);
    for (const node of batches[a].outputNodes) counts[graph.labels[node]] += 1;
    assert.deepEqual([...labels.subarray(a * graph.numClasses, (a + 1) * graph.numClasses)], counts);
    const inside = await graph.edges();
    let boundary = 0;
    for (let i = 0; i < inside.length; i += 2)
      boundary += Number(nodes.has(inside[i]) !== nodes.has(inside[i + 1]));
    assert.equal(plan.table.numBoundaryEdges[a], boundary);
  }
  const hops = batches.flatMap((batch) => [...batch.hop]);
  byHop.forEach((count, hop) => assert.equal(count, hops.filter((found) => found === hop).length));
  assert.equal(noPath, hops.filter((hop) => hop === 255).length);
  assert.equal(plan.stats.numNodes, hops.length);

  const merged = await plan.merged([0, n - 1]);
  const union = [...new Set([...batches[0].nodes, ...batches[n - 1].nodes])].sort((a, b) => a - b);
  assert.deepEqual([...merged.nodes], union);
  assert.ok(merged.edges.length >= new Set([...batches[0].edges, ...batches[n - 1].edges]).size / 2);
  await rejects(plan.merged([0, n]), "invalid_option", /index: \d+ is out of range/);
});
