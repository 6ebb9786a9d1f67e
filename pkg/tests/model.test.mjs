/** Models through the package: training, inference, weights in and out. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { digests } from "./digests.mjs";
import { planted, safetensors } from "./planted.mjs";
import { rejects, textFile } from "./support.mjs";

const bytes = planted();
let client;
let graph;
let run;

before(async () => {
  client = await createClient();
  graph = await client.openGraph({ name: "planted.safetensors", data: bytes });
  run = await graph.train({ epochs: 60, hidden: 16, seed: 3 });
});
after(() => client.dispose());

test("features, labels and the split are there", () => {
  assert.equal(graph.numNodes, 600);
  assert.equal(graph.numFeatures, 48);
  assert.equal(graph.numClasses, 3);
  assert.deepEqual([...graph.labels.slice(0, 4)], [0, 1, 2, 0]);
  const [split] = Object.values(graph.splits);
  assert.deepEqual([split.train.length, split.val.length, split.test.length], [60, 120, 420]);
  assert.deepEqual([...split.train.slice(0, 3)], [0, 1, 2]);
});

test("training learns, and tells of every epoch", async () => {
  const epochs = [];
  const again = await graph.train({
    epochs: 60,
    hidden: 16,
    seed: 3,
    onEpoch: (epoch) => epochs.push(epoch),
  });
  assert.equal(again.stopped, false);
  assert.equal(again.history.length, 60);
  assert.deepEqual(epochs, again.history);
  assert.deepEqual(
    epochs.map(({ epoch }) => epoch),
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  const untimed = ({ timeMs, ...row }) => row;
  assert.deepEqual(again.history.map(untimed), run.history.map(untimed));
  assert.ok(run.history.at(-1).loss < run.history[0].loss / 2);
  const best = run.history.reduce((max, { valAccuracy }) => Math.max(max, valAccuracy), 0);
  assert.equal(run.history[run.bestEpoch - 1].valAccuracy, best);
  // Three classes by chance: a third.
  assert.ok(best > 0.6, `${best}`);
  again.model.dispose();
});

test("a signal stops training; the best so far is the result", async () => {
  const control = new AbortController();
  const onEpoch = ({ epoch }) => epoch === 3 && control.abort();
  const stopped = await graph.train({ epochs: 100000, onEpoch, signal: control.signal });
  assert.equal(stopped.stopped, true);
  assert.ok(stopped.history.length >= 3);
  assert.ok(stopped.bestEpoch >= 1);
  assert.equal((await graph.infer(stopped.model)).nodes.length, 600);
  await rejects(graph.train({ signal: AbortSignal.abort() }), "cancelled");
});

test("inference on the whole graph and in batches", async () => {
  const full = await graph.infer(run.model);
  assert.equal(full.nodes.length, 600);
  assert.equal(full.logits.length, 1800);
  assert.equal(full.numClasses, 3);
  const { test: nodes } = Object.values(graph.splits)[0];
  const right = nodes.filter((node) => full.predictions[node] === graph.labels[node]).length;
  assert.ok(Math.abs(full.accuracy.test - right / nodes.length) < 1e-12);
  for (let node = 0; node < 600; node += 1) {
    const row = full.logits.slice(node * 3, node * 3 + 3);
    assert.equal(full.predictions[node], row.indexOf(Math.max(...row)));
  }

  // Everything within two steps is in a batch when top-k is the whole graph: the batches are then exact.
  const exact = await graph.plan({ outputNodes: "test", topK: 600, eps: 1e-7, outputsPerBatch: 420 });
  const out = await exact.infer(run.model);
  assert.deepEqual(out.nodes, nodes);
  assert.equal(out.batchMs.length, exact.numBatches);
  assert.ok(Math.abs(out.timeMs - out.batchMs.reduce((sum, ms) => sum + ms, 0)) < 1e-6);
  let worst = 0;
  nodes.forEach((node, at) => {
    for (let k = 0; k < 3; k += 1)
      worst = Math.max(worst, Math.abs(out.logits[at * 3 + k] - full.logits[node * 3 + k]));
  });
  assert.ok(worst < 1e-4, `${worst}`);

  const small = await graph.plan({ outputNodes: "test", topK: 8 });
  const near = await small.infer(run.model);
  assert.ok(Math.abs(near.accuracy.test - full.accuracy.test) < 0.1);
  assert.equal(near.accuracy.train, undefined);

  const few = await graph.infer(run.model, { nodes: [5, 3] });
  assert.deepEqual([...few.nodes], [3, 5]);
  assert.deepEqual([...few.predictions], [full.predictions[3], full.predictions[5]]);
});

test("training on a plan", async () => {
  const plan = await graph.plan({ outputNodes: "train", outputsPerBatch: 20 });
  const validationPlan = await graph.plan({ outputNodes: "val" });
  const { history, model } = await graph.train({ plan, validationPlan, epochs: 40, hidden: 16 });
  assert.equal(history.length, 40);
  assert.ok(history.at(-1).loss < history[0].loss);
  assert.equal(model.numLayers, 2);
});

test("weights go out and come back", async () => {
  const { model } = run;
  assert.equal(model.arch, "gcn");
  assert.equal(model.shape, "pyg");
  assert.equal(model.hidden, 16);
  assert.equal(model.numFeatures, 48);
  assert.equal(model.numClasses, 3);
  // 48 x 16 and 16 x 3 weights, 16 and 3 biases.
  assert.equal(model.numParameters, 768 + 48 + 16 + 3);
  const back = await client.openModel(await model.save());
  assert.equal((await graph.infer(back)).digest, (await graph.infer(model)).digest);
  back.dispose();
  back.dispose();
  await rejects(graph.infer(back), "disposed", /the model is disposed/);
  await rejects(back.save(), "disposed");
});

test("a graph goes out and comes back", async () => {
  const back = await client.openGraph({ name: "back.safetensors", data: await graph.save() });
  assert.deepEqual(await back.edges(), await graph.edges());
  assert.deepEqual(back.labels, graph.labels);
  assert.deepEqual(Object.values(back.splits), Object.values(graph.splits));
  assert.equal((await back.infer(run.model)).digest, (await graph.infer(run.model)).digest);
  back.dispose();
});

test("bad weights and options are named", async () => {
  await rejects(client.openModel(new Uint8Array(4)), "parse", /model\.safetensors: 4 bytes/);
  await rejects(client.openModel(textFile("w.safetensors", "no weights at all")), "parse", /^w\.safetensors/);
  const wide = safetensors({
    "convs.0.lin.weight": ["F32", [3, 5], new Float32Array(15)],
    "convs.0.bias": ["F32", [3], new Float32Array(3)],
  });
  const model = await client.openModel(wide);
  await rejects(graph.infer(model), "shape_mismatch", /5 features/);
  await rejects(client.openModel(bytes), "unsupported_model");
  await rejects(graph.train({ epochs: 0 }), "invalid_option", /^epochs: 0 /);
  await rejects(graph.train({ weightDecay: -1 }), "invalid_option", /^weightDecay: -1 /);
  await rejects(graph.train({ split: "none" }), "invalid_option", /^split: /);
  await rejects(graph.train({ plan: run.model }), "invalid_option", /^plan: /);
  await rejects(graph.infer(run.model, { split: "none" }), "invalid_option", /^split: /);
  await rejects(
    client.openModel({ name: "w", data: wide }, { featureNormalization: "max" }),
    "invalid_option",
  );
  assert.equal((await graph.infer(run.model)).nodes.length, 600);
});

test("results are the same bits in every worker; they are kept for the page's tests", async () => {
  const [one, two] = await Promise.all([digests(createClient, bytes), digests(createClient, bytes)]);
  assert.deepEqual(one, two);
  const folder = new URL("../../target/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("digests.json", folder), JSON.stringify(one, undefined, 2));
});
