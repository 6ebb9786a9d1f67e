/** Training through the package: architectures, options, why it ends, and what is refused. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { planted, safetensors } from "./planted.mjs";
import { rejects } from "./support.mjs";

let client;
let graph;

before(async () => {
  client = await createClient();
  graph = await client.openGraph({ name: "planted.safetensors", data: planted() });
});
after(() => client.dispose());

/** Trains, lets go of the model and gives the rest. */
async function trained(options) {
  const { model, ...run } = await graph.train({ hidden: 16, epochs: 40, ...options });
  const told = { arch: model.arch, shape: model.shape };
  model.dispose();
  return { ...run, ...told };
}

test("every architecture learns, in both shapes", async () => {
  for (const arch of ["gcn", "sage", "gat"]) {
    for (const shape of ["pyg", "ibmb"]) {
      const heads = arch === "gat" ? 4 : undefined;
      const run = await trained({ arch, shape, heads, epochs: 60 });
      assert.deepEqual([run.arch, run.shape, run.ended, run.stopped], [arch, shape, "epochs", false]);
      const best = run.history[run.bestEpoch - 1].valAccuracy;
      // Three classes by chance: a third.
      assert.ok(best > 0.5, `${arch} ${shape}: ${best}`);
    }
  }
});

test("features are scaled as the model's file says", async () => {
  const digest = [];
  for (const featureNormalization of [undefined, "l2", "row", "none"]) {
    const { model } = await graph.train({ hidden: 8, epochs: 5, featureNormalization });
    assert.equal(model.featureNormalization, featureNormalization ?? "l2");
    const back = await client.openModel(await model.save(), { featureNormalization: "none" });
    assert.equal(back.featureNormalization, featureNormalization ?? "l2");
    digest.push((await graph.infer(back)).digest);
    assert.equal((await graph.infer(model)).digest, digest.at(-1));
    model.dispose();
    back.dispose();
  }
  assert.equal(digest[0], digest[1]);
  assert.equal(new Set(digest).size, 3);
});

test("rows tell loss, accuracies, step size and time", async () => {
  const { history } = await trained({ lr: 0.02 });
  for (const row of history) {
    assert.deepEqual(Object.keys(row).sort(), [
      "bestEpoch",
      "epoch",
      "learningRate",
      "loss",
      "timeMs",
      "trainAccuracy",
      "valAccuracy",
      "valLoss",
    ]);
    assert.equal(row.learningRate, 0.02);
    assert.ok(row.timeMs >= 0 && row.loss > 0 && row.valLoss > 0);
  }
});

test("the options of steps change the weights", async () => {
  const plan = await graph.plan({ outputNodes: "train", outputsPerBatch: 20 });
  assert.ok(plan.numBatches > 2);
  const last = async (options) =>
    (await trained({ plan, dropout: 0, epochs: 5, ...options })).history.at(-1).loss;
  const losses = await Promise.all(
    [{}, { optimizer: "adamw", weightDecay: 0.1 }, { accumulate: 2 }, { activation: "elu" }].map(last),
  );
  assert.equal(new Set(losses).size, losses.length, `${losses}`);
  assert.equal(await last({ accumulate: 100 }), await last({ accumulate: plan.numBatches }));
  plan.dispose();
});

test("the step size falls and training ends early", async () => {
  const run = await trained({
    epochs: 1000,
    lr: 0.1,
    plateau: { factor: 0.5, patience: 2, cooldown: 0, minLr: 0.001 },
    earlyStop: { patience: 20, minEpochs: 30 },
  });
  assert.equal(run.ended, "early-stop");
  assert.equal(run.stopped, false);
  assert.ok(run.history.length > 30 && run.history.length < 1000);
  const rates = run.history.map(({ learningRate }) => learningRate);
  rates
    .slice(1)
    .forEach((rate, at) =>
      assert.ok(rate === rates[at] || Math.abs(rate - Math.max(rates[at] / 2, 0.001)) < 1e-15),
    );
  assert.ok(rates.at(-1) < 0.1);
  // The last rise of the validation accuracy is more than 20 epochs ago.
  let rise = 0;
  run.history.forEach(({ valAccuracy, epoch }, at) => {
    if (run.history.slice(0, at).every((row) => row.valAccuracy < valAccuracy)) rise = epoch;
  });
  assert.ok(run.history.length - rise > 20);
  // Published: not before epoch 301.
  const published = await trained({ epochs: 400, hidden: 2, earlyStop: {}, plateau: {} });
  assert.ok(published.history.length > 300);
});

test("a stopped training says so", async () => {
  const control = new AbortController();
  const run = await trained({ epochs: 100000, onEpoch: () => control.abort(), signal: control.signal });
  assert.deepEqual([run.ended, run.stopped], ["stopped", true]);
});

test("options are named with what is allowed", async () => {
  const refused = (options, message) => rejects(graph.train(options), "invalid_option", message);
  await refused({ lr: 1e9 }, /^lr: 1000000000 is out of range, allowed is a number above 0 up to 1$/);
  await refused({ arch: "gin" }, /^arch: "gin" is not known; known are gcn, sage, gat$/);
  await refused({ heads: 4 }, /heads is not an option of arch gcn, but of gat$/);
  await refused({ arch: "gat", hidden: 30, heads: 4 }, /^heads: 4 is no divisor of hidden, which is 30$/);
  await refused({ optimizer: "sgd" }, /^optimizer: "sgd" /);
  await refused({ loss: "sum" }, /^loss: "sum" /);
  await refused(
    { accumulate: 0 },
    /^accumulate: 0 is out of range, allowed is a whole number from 1 to 100000$/,
  );
  await refused({ plateau: { factor: 1 } }, /^plateau\.factor: 1 /);
  await refused({ plateau: { patience: -1 } }, /^plateau\.patience: -1 /);
  await refused(
    { plateau: { minLr: 2 } },
    /^plateau\.minLr: 2 is out of range, allowed is a number from 0 to 1$/,
  );
  await refused({ plateau: { wait: 3 } }, /"wait" is not known; known are factor, patience, cooldown, minLr/);
  await refused({ plateau: true }, /^plateau: must be an object/);
  await refused({ earlyStop: { patience: 0 } }, /^earlyStop\.patience: 0 /);
  await refused({ earlyStop: { minEpochs: 0.5 } }, /^earlyStop\.minEpochs: 0\.5 /);
});

test("a training that fails leaves graph, plan and models open", async () => {
  const n = 40;
  const edges = BigInt64Array.from(
    Array.from({ length: 2 * (n - 1) }, (_, i) => BigInt(i < n - 1 ? i : i - n + 2)),
  );
  const mask = (from, to) => Uint8Array.from({ length: n }, (_, node) => Number(node >= from && node < to));
  const file = (value, changes = {}) => ({
    name: "path.safetensors",
    data: safetensors({
      edge_index: ["I64", [2, n - 1], edges],
      x: ["F32", [n, 2], Float32Array.from({ length: 2 * n }, (_, i) => value * (1 + (i % 3)))],
      y: ["I64", [n], BigInt64Array.from({ length: n }, (_, node) => BigInt(node % 2))],
      train_mask: ["BOOL", [n], mask(0, 20)],
      val_mask: ["BOOL", [n], mask(20, 30)],
      test_mask: ["BOOL", [n], mask(30, 40)],
      ...changes,
    }),
  });
  const large = await client.openGraph(file(1e20));
  const plan = await large.plan({ outputNodes: "test" });
  const options = { arch: "sage", featureNormalization: "none", dropout: 0 };
  const before = (await large.train({ ...options, epochs: 1 })).model;
  const first = await plan.infer(before);
  const error = await rejects(
    large.train({ ...options, layers: 16, lr: 1, epochs: 9 }),
    "diverged",
    /^epoch 1: the validation loss of batch 0 is .* at a learning rate of 1; a smaller lr/,
  );
  assert.deepEqual(error.details, { epoch: 1, learningRate: 1 });
  assert.equal((await plan.infer(before)).digest, first.digest);
  assert.equal((await large.train({ ...options, epochs: 2 })).history.length, 2);

  const untrained = await client.openGraph(file(1, { train_mask: ["BOOL", [n], mask(0, 0)] }));
  await rejects(untrained.train(), "invalid_option", /^train: there is no training node$/);
  const unwatched = await client.openGraph(file(1, { val_mask: ["BOOL", [n], mask(0, 0)] }));
  await rejects(
    unwatched.train({ earlyStop: {} }),
    "invalid_option",
    /^earlyStop: there is no labelled validation node/,
  );
  await rejects(
    unwatched.train({ plateau: {} }),
    "invalid_option",
    /^plateau: there is no labelled validation node/,
  );
  assert.ok(Number.isNaN((await unwatched.train({ epochs: 2 })).history[0].valLoss));

  const values = new Float32Array(2 * n).fill(1);
  values[2 * 7 + 1] = Number.NaN;
  await rejects(client.openGraph(file(1, { x: ["F32", [n, 2], values] })), "parse", /row 7, column 1 .*NaN/);
  const labels = BigInt64Array.from({ length: n }, () => -5n);
  await rejects(client.openGraph(file(1, { y: ["I64", [n], labels] })), "parse", /-5/);
});
