/** Several workers share the batches of an inference: the result is that of one, bit for bit. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { planted } from "./planted.mjs";
import { rejects } from "./support.mjs";

const bytes = planted();
let single;
let want;
let weights;

/** The same graph, plan and model in another client. */
async function open(client) {
  const graph = await client.openGraph({ name: "planted.safetensors", data: bytes });
  const plan = await graph.plan({ outputNodes: "test", outputsPerBatch: 32 });
  return { graph, plan, model: await client.openModel(weights) };
}

before(async () => {
  single = await createClient();
  const graph = await single.openGraph({ name: "planted.safetensors", data: bytes });
  const { model } = await graph.train({ epochs: 5, hidden: 16, seed: 1 });
  weights = await model.save();
  const { plan, model: copy } = await open(single);
  want = await plan.infer(copy, { probabilities: true });
});
after(() => single.dispose());

const bits = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

test("two, three and more workers than batches give the bits of one", async () => {
  for (const workers of [2, 3, 40]) {
    const client = await createClient({ workers });
    const { plan, model } = await open(client);
    assert.ok(plan.numBatches > 8 && plan.numBatches < 40);
    const seen = [];
    const got = await plan.infer(model, {
      probabilities: true,
      onProgress: (progress) => seen.push(progress),
    });
    assert.equal(got.digest, want.digest);
    assert.ok(bits(got.logits).equals(bits(want.logits)));
    assert.ok(bits(got.probabilities).equals(bits(want.probabilities)));
    assert.deepEqual([got.nodes, got.predictions], [want.nodes, want.predictions]);
    assert.deepEqual([got.accuracy, got.f1], [want.accuracy, want.f1]);
    assert.equal(got.batchMs.length, plan.numBatches);
    assert.deepEqual(seen.at(-1), { stage: "inference", done: plan.numBatches, total: plan.numBatches });
    assert.ok(seen.every(({ done }, at) => at === 0 || done >= seen[at - 1].done));
    // Every worker has its own wasm memory of a megabyte at least.
    assert.ok((await client.memoryBytes()) > Math.min(workers, plan.numBatches) * 2 ** 20);
    client.dispose();
  }
});

test("probabilities are those of the logits and come only when asked for", async () => {
  const { plan, model } = await open(single);
  assert.equal((await plan.infer(model)).probabilities, undefined);
  const { logits, probabilities, numClasses } = want;
  for (let row = 0; row < logits.length; row += numClasses) {
    const exps = [...logits.slice(row, row + numClasses)].map(Math.exp);
    const sum = exps.reduce((a, b) => a + b);
    exps.forEach((exp, at) => assert.ok(Math.abs(exp / sum - probabilities[row + at]) < 1e-6));
  }
  assert.ok(want.bytes > logits.byteLength && "gathering" in want.msByStage && "inference" in want.msByStage);
});

test("a limit on gathered features changes no bit", async () => {
  const client = await createClient({ limits: { maxGatheredBytes: 0 } });
  const { plan, model } = await open(client);
  const got = await plan.infer(model);
  assert.equal(got.digest, want.digest);
  assert.ok(got.bytes < want.bytes);
  client.dispose();
});

test("batches are sent once a plan; other plans, models and a disposed plan get along", async () => {
  const client = await createClient({ workers: 2 });
  const { graph, plan, model } = await open(client);
  await plan.infer(model);
  const memory = await client.memoryBytes();
  for (let i = 0; i < 20; i += 1) assert.equal((await plan.infer(model)).digest, want.digest);
  const other = await graph.plan({ outputNodes: "test", outputsPerBatch: 16 });
  const both = await Promise.all([plan.infer(model), other.infer(model), plan.infer(model)]);
  assert.equal(both[0].digest, want.digest);
  assert.equal(both[2].digest, want.digest);
  const copy = await client.openModel(weights);
  model.dispose();
  plan.dispose();
  await rejects(plan.infer(copy), "disposed");
  assert.equal((await other.infer(copy)).digest, both[1].digest);
  for (let i = 0; i < 30; i += 1) {
    const again = await graph.plan({ outputNodes: "test", outputsPerBatch: 32 });
    assert.equal((await again.infer(copy)).digest, want.digest);
    again.dispose();
  }
  // What is disposed of is freed in both workers: thirty plans more fit where the first ones were.
  assert.ok((await client.memoryBytes()) <= memory + 4 * 2 ** 20);
  client.dispose();
});

test("a plan of more batches calls in more workers, which get the model too", async () => {
  const client = await createClient({ workers: 4 });
  const { graph, plan, model } = await open(client);
  const pair = await graph.plan({ outputNodes: "test", outputsPerBatch: 250 });
  assert.equal(pair.numBatches, 2);
  await pair.infer(model);
  assert.equal((await plan.infer(model)).digest, want.digest);
  client.dispose();
});

test("cancel, dispose and restart settle what is under way", async () => {
  const client = await createClient({ workers: 3 });
  const { plan, model } = await open(client);
  await rejects(plan.infer(model, { signal: AbortSignal.abort("no") }), "cancelled");
  const control = new AbortController();
  const stopped = plan.infer(model, { signal: control.signal, onProgress: () => control.abort() });
  await stopped.then(
    ({ digest }) => assert.equal(digest, want.digest),
    (error) => assert.equal(error.code, "cancelled"),
  );
  assert.equal((await plan.infer(model)).digest, want.digest);
  await client.restart();
  await rejects(plan.infer(model), "disposed");
  const again = await open(client);
  assert.equal((await again.plan.infer(again.model)).digest, want.digest);
  const pending = again.plan.infer(again.model);
  client.dispose();
  await rejects(pending, "disposed");
});

test("the number of workers is checked", async () => {
  for (const workers of [0, 1.5, 65, "2"]) {
    await rejects(
      createClient({ workers }),
      "invalid_option",
      /workers: .* is out of range, allowed is a whole number from 1 to 64/,
    );
  }
});
