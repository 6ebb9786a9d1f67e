/** What an inference tells while it runs, and how its predictions compare with labels. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { planted } from "./planted.mjs";
import { edgeFile, rejects, textFile } from "./support.mjs";

let client;
let graph;
let model;
let plan;

before(async () => {
  client = await createClient();
  graph = await client.openGraph({ name: "planted.safetensors", data: planted() });
  ({ model } = await graph.train({ epochs: 12, hidden: 8, seed: 5 }));
  plan = await graph.plan({ topK: 8, outputsPerBatch: 40 });
});
after(() => client.dispose());

/** The same by hand from probabilities, in plain loops. */
function slow({ nodes, predictions, probabilities, numClasses }, labels, wanted, numBins) {
  const confusion = new Uint32Array(numClasses * numClasses);
  const bins = Array.from({ length: numBins }, () => ({ count: 0, right: 0, sum: 0 }));
  let numNodes = 0;
  nodes.forEach((node, at) => {
    if (labels[node] < 0 || !wanted.has(node)) return;
    numNodes += 1;
    confusion[labels[node] * numClasses + predictions[at]] += 1;
    const confidence = probabilities[at * numClasses + predictions[at]];
    const bin = bins.find((_, i) => confidence <= (i + 1) / numBins) ?? bins.at(-1);
    bin.count += 1;
    bin.sum += confidence;
    bin.right += Number(labels[node] === predictions[at]);
  });
  const error = bins.reduce(
    (sum, { count, right, sum: confidence }) =>
      sum + (count === 0 ? 0 : (count / numNodes) * Math.abs(right / count - confidence / count)),
    0,
  );
  return { numNodes, confusion, bins, error };
}

test("confusion and calibration are those of plain loops, by part", async () => {
  const out = await plan.infer(model, { probabilities: true });
  const [split] = Object.values(graph.splits);
  for (const [part, bins] of [
    ["all", 15],
    ["test", 10],
    ["val", 1],
    ["train", 7],
  ]) {
    const wanted = new Set(part === "all" ? out.nodes : split[part]);
    const want = slow(out, graph.labels, wanted, bins);
    const got = await graph.evaluate(out, { part, bins });
    assert.equal(got.numNodes, want.numNodes);
    assert.deepEqual(got.confusion, want.confusion);
    assert.deepEqual(
      [...got.calibration.count],
      want.bins.map(({ count }) => count),
    );
    assert.deepEqual(
      [...got.calibration.right],
      want.bins.map(({ right }) => right),
    );
    want.bins.forEach(({ count, sum }, i) =>
      assert.ok(Math.abs(got.calibration.confidence[i] - (count && sum / count)) < 1e-6),
    );
    assert.ok(Math.abs(got.calibration.error - want.error) < 1e-6);
    let right = 0;
    for (let c = 0; c < 3; c += 1) right += got.confusion[4 * c];
    assert.ok(Math.abs(right / got.numNodes - out.accuracy[part]) < 1e-12);
  }
  assert.deepEqual(await graph.evaluate(out), await graph.evaluate(out, { part: "all", bins: 15 }));
});

test("what cannot be compared is named", async () => {
  const out = await plan.infer(model);
  await rejects(graph.evaluate(out, { bins: 0 }), "invalid_option", /^bins: 0 /);
  await rejects(graph.evaluate(out, { part: "some" }), "invalid_option", /^part: /);
  await rejects(graph.evaluate(out, { split: "none" }), "invalid_option", /^split: /);
  await rejects(
    graph.evaluate({ ...out, numClasses: 2 }),
    "shape_mismatch",
    /logits for 600 nodes of 2 classes/,
  );
  await rejects(
    graph.evaluate({ nodes: Uint32Array.of(600), logits: new Float32Array(3), numClasses: 3 }),
    "shape_mismatch",
    /node 600/,
  );
  const bare = await client.openGraph(edgeFile([[0, 1]]));
  const unsplit = await client.openGraph([
    edgeFile([[0, 1]]),
    textFile("labels.csv", "node,label\n0,0\n1,1\n"),
  ]);
  await rejects(
    unsplit.evaluate(
      { nodes: Uint32Array.of(0), logits: new Float32Array(2), numClasses: 2 },
      { part: "test" },
    ),
    "invalid_option",
    /^part: /,
  );
  await rejects(
    bare.evaluate({ nodes: Uint32Array.of(0), logits: new Float32Array(2), numClasses: 2 }),
    "invalid_graph",
    /no labels/,
  );
});

/** What is told of the batches, beside the result and the batches themselves. */
async function told(which) {
  const seen = [];
  const out = await which.infer(model, { onBatch: (batch) => seen.push(batch) });
  assert.equal(seen.length, which.numBatches);
  const classOf = new Map([...out.nodes].map((node, at) => [node, out.predictions[at]]));
  for (const { batch, predictions, timeMs } of seen) {
    const { outputNodes } = await which.batch(batch);
    assert.deepEqual(
      [...predictions],
      [...outputNodes].map((node) => classOf.get(node)),
      `batch ${batch}`,
    );
    assert.equal(timeMs, out.batchMs[batch]);
  }
  return { out, order: seen.map(({ batch }) => batch) };
}

test("every batch is told of once, with its predictions, by one worker and by several", async () => {
  const all = Array.from({ length: plan.numBatches }, (_, i) => i);
  const one = await told(plan);
  assert.deepEqual(one.order, all);
  assert.equal(one.out.digest, (await plan.infer(model)).digest);
  await client.setWorkers(3);
  const three = await told(plan);
  assert.deepEqual(
    three.order.toSorted((a, b) => a - b),
    all,
  );
  assert.equal(three.out.digest, one.out.digest);
  await client.setWorkers(1);
});

test("a cancel from within a report ends the reports", async () => {
  const control = new AbortController();
  let reports = 0;
  const stopped = plan.infer(model, {
    signal: control.signal,
    onBatch: () => {
      reports += 1;
      control.abort();
    },
  });
  await rejects(stopped, "cancelled");
  assert.equal(reports, 1);
});

test("another number of workers loses nothing and gives memory back", async () => {
  assert.equal(client.workers, 1);
  const { digest } = await plan.infer(model);
  const alone = await client.memoryBytes();
  await client.setWorkers(4);
  assert.equal(client.workers, 4);
  assert.equal((await plan.infer(model)).digest, digest);
  assert.ok((await client.memoryBytes()) > alone + 3 * 2 ** 20);

  // An inference under way ends with the workers it has.
  const under = plan.infer(model);
  const resized = client.setWorkers(2);
  const next = plan.infer(model);
  assert.equal((await under).digest, digest);
  assert.equal((await next).digest, digest);
  await resized;
  assert.equal((await plan.infer(model)).digest, digest);
  await client.setWorkers(1);
  assert.ok((await client.memoryBytes()) <= alone + 2 ** 20, "the others have ended");
  assert.equal((await plan.infer(model)).digest, digest);
  await rejects(
    client.setWorkers(0),
    "invalid_option",
    /workers: 0 is out of range, allowed is a whole number from 1 to 64/,
  );
  assert.equal(client.workers, 1);
});

test("a disposed client takes no workers", async () => {
  const other = await createClient();
  other.dispose();
  await rejects(other.setWorkers(2), "disposed");
});

test("copies of a batch's nodes are counted by batch", async () => {
  const overlap = await plan.overlap();
  const n = plan.numBatches;
  for (let a = 0; a < n; a += 1) {
    const row = overlap.subarray(a * n, a * n + n);
    assert.ok(
      Math.abs(plan.table.replication[a] - row.reduce((sum, shared) => sum + shared, 0) / row[a]) < 1e-12,
    );
  }
});

test("an epoch tells which one is the best so far", async () => {
  const { history, bestEpoch } = await graph.train({ epochs: 20, hidden: 8, seed: 9 });
  const better = (a, b) =>
    a.valAccuracy > b.valAccuracy || (a.valAccuracy === b.valAccuracy && a.valLoss < b.valLoss);
  let best = history[0];
  for (const epoch of history) {
    if (better(epoch, best)) best = epoch;
    assert.equal(epoch.bestEpoch, best.epoch);
  }
  assert.equal(best.epoch, bestEpoch);
});
