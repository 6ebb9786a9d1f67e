/** Every method of planning through the worker: batches that partition the outputs, options by method, reuse. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { rejects } from "./support.mjs";

let client, graph;
before(async () => {
  client = await createClient();
  const sample = new URL("../../www/public/samples/cora.safetensors", import.meta.url);
  graph = await client.openGraph({ name: "cora.safetensors", data: await readFile(sample) });
});
after(() => client.dispose());

const plans = {
  "node-wise": { evenOut: true, pairNormalization: "sym", outputsPerBatch: 200 },
  "node-wise, nodes bounded": { method: "node-wise", nodesPerBatch: 400 },
  "node-wise, heat kernel": { method: "node-wise", measure: "heat-kernel", heatTime: 3 },
  "batch-wise": { method: "batch-wise", numBatches: 6, expandRatio: 0.5, seed: 3 },
  "batch-wise, reference": { method: "batch-wise", numBatches: 6, direction: "reference", balance: "outputs" },
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
    assert.deepEqual(seen.sort((a, b) => a - b), [...graph.splits.public.test]);
    for (const [key, value] of Object.entries(options)) {
      if (!["evenOut", "outputsPerBatch"].includes(key)) assert.equal(plan.options[key], value, key);
    }
    const again = await graph.plan({ outputNodes: "test", ...options });
    assert.equal(again.stats.digest, plan.stats.digest);
    plan.dispose();
    again.dispose();
  });
}

test("outputs are evened out", async () => {
  const plan = await graph.plan({ outputNodes: "test", outputsPerBatch: 600, evenOut: true });
  assert.equal(plan.options.outputsPerBatch, 500);
  plan.dispose();
});

test("an option of another method or measure is named", async () => {
  await rejects(graph.plan({ method: "batch-wise", topK: 4 }), "invalid_option", /"topK" is not known; known are .*expandRatio/);
  await rejects(graph.plan({ topK: 4, numBatches: 3 }), "invalid_option", /"numBatches" is not known/);
  await rejects(graph.plan({ heatTime: 4 }), "invalid_option", /heatTime is not an option of measure ppr/);
  await rejects(graph.plan({ measure: "heat-kernel", alpha: 0.5 }), "invalid_option", /alpha is not an option of measure heat-kernel/);
  await rejects(graph.plan({ outputsPerBatch: 4, nodesPerBatch: 9 }), "invalid_option", /give one of the two/);
  const many = { method: "cluster", outputNodes: [1, 2], numBatches: 3 };
  await rejects(graph.plan(many), "invalid_option", /numBatches: 3 batches for 2 outputs, allowed are at most as many as outputs/);
});
