/** Plans and results as safetensors: out and in again. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { cases, edgeFile, rejects } from "./support.mjs";

const golden = await cases("golden_nodewise");
let client;
let karate;

before(async () => {
  client = await createClient();
  karate = await client.openGraph(edgeFile(golden.graph.edges, "karate.csv"), { name: "karate" });
});
after(() => client.dispose());

const METHODS = [
  { topK: 4, outputsPerBatch: 5, outputNodes: golden.outputs },
  { method: "batch-wise", numBatches: 3, expandRatio: 0.5, seed: 2 },
  { method: "hybrid", numBatches: 2, measure: "heat-kernel", heatTime: 3 },
  { method: "random", outputsPerBatch: 7, evenOut: true, normalization: "local-rw" },
  { method: "cluster", numBatches: 4, balance: "outputs" },
];

for (const options of METHODS) {
  test(`a plan comes back from its file: ${options.method ?? "node-wise"}`, async () => {
    const plan = await karate.plan(options);
    const bytes = await plan.save();
    const again = await karate.openPlan(bytes);
    assert.deepEqual(again.options, plan.options);
    assert.deepEqual(again.stats, { ...plan.stats, msByStage: {} });
    assert.deepEqual(again.table, plan.table);
    assert.deepEqual(again.batchOf, plan.batchOf);
    for (let i = 0; i < plan.numBatches; i += 1) assert.deepEqual(await again.batch(i), await plan.batch(i));
    assert.deepEqual(await again.save(), bytes);
    const { nodes, outputNodes } = await plan.batch(0);
    const helper = nodes.find((node) => !outputNodes.includes(node));
    if (helper !== undefined) assert.deepEqual(await again.why(0, helper), await plan.why(0, helper));
    plan.dispose();
    again.dispose();
  });
}

test("the file of a plan has the arrays of its batches", async () => {
  const plan = await karate.plan(METHODS[0]);
  const { tensors, metadata } = await client.readTensors(new Blob([await plan.save()]));
  assert.equal(metadata.kind, "plan");
  assert.equal(metadata.graph, "karate");
  assert.equal(metadata.digest, plan.stats.digest);
  assert.deepEqual(JSON.parse(metadata.options), plan.options);
  const bounds = [...tensors.batch_ptr.data].map(Number);
  assert.equal(bounds.length, plan.numBatches + 1);
  const entries = [...tensors.entry_ptr.data].map(Number);
  for (let i = 0; i < plan.numBatches; i += 1) {
    const batch = await plan.batch(i);
    const [from, to] = bounds.slice(i, i + 2);
    assert.deepEqual([...tensors.nodes.data.subarray(from, to)], [...batch.nodes]);
    assert.deepEqual(tensors.scores.data.subarray(from, to), batch.scores);
    // Edges from the CSR in local ids, each undirected one once.
    const indptr = tensors.indptr.data.subarray(from + i, to + i + 1);
    const columns = tensors.indices.data.subarray(entries[i], entries[i + 1]);
    const edges = [];
    for (let row = 0; row < to - from; row += 1) {
      for (const column of columns.subarray(indptr[row], indptr[row + 1])) {
        if (row < column) edges.push(batch.nodes[row], batch.nodes[column]);
      }
    }
    assert.deepEqual(edges, [...batch.edges]);
  }
  plan.dispose();
});

test("a plan opens with its own graph only, and a broken file changes nothing", async () => {
  const plan = await karate.plan(METHODS[0]);
  const bytes = await plan.save();
  const other = await client.openGraph(edgeFile(golden.graph.edges.slice(1), "other.csv"));
  await rejects(
    other.openPlan({ name: "p.safetensors", data: bytes }),
    "invalid_graph",
    /^p\.safetensors: the plan was made for another graph/,
  );
  await rejects(karate.openPlan(bytes.slice(0, -1)), "parse", /^plan\.safetensors: /);
  await rejects(karate.openPlan(await karate.save()), "parse", /the metadata lacks "kind"/);
  const { tensors, metadata } = await client.readTensors(bytes);
  const rewritten = (options) => client.saveTensors(tensors, { ...metadata, ...options });
  await rejects(karate.openPlan(await rewritten({ options: "{" })), "parse", /unreadable options/);
  await rejects(
    karate.openPlan(await rewritten({ options: '{"method":"none"}' })),
    "invalid_option",
    /method/,
  );
  assert.deepEqual(await rewritten({}), bytes);
  assert.equal((await plan.batch(0)).nodes.length > 0, true);
  for (const one of [plan, other]) one.dispose();
});

test("results are written and read with their types and shapes", async () => {
  const inference = {
    nodes: Uint32Array.of(3, 7),
    logits: Float32Array.of(0.5, -1, 2, 0),
    predictions: Uint32Array.of(0, 0),
  };
  const { nodes, logits, predictions } = inference;
  const written = {
    nodes,
    logits: { data: logits, shape: [2, 2] },
    predictions,
    scores: Float64Array.of(Math.PI),
    ids: BigInt64Array.of(-1n, 2n ** 40n),
    none: new Uint8Array(0),
  };
  const metadata = { kind: "predictions", graph: 'naïve "name"' };
  const bytes = await client.saveTensors(written, metadata);
  assert.equal(nodes.length, 2, "the arrays of the caller stay");
  const read = await client.readTensors({ name: "p.safetensors", data: bytes });
  assert.deepEqual(read.metadata, metadata);
  assert.deepEqual(
    read.tensors,
    Object.fromEntries(
      Object.entries(written)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, tensor]) => [
          name,
          ArrayBuffer.isView(tensor) ? { data: tensor, shape: [tensor.length] } : tensor,
        ]),
    ),
  );
  const part = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  assert.deepEqual(
    (await client.readTensors(await client.saveTensors({ part }))).tensors.part.data,
    Float32Array.of(1, 2),
    "exactly the view",
  );
});

test("tensors that cannot be written or read are named", async () => {
  await rejects(
    client.saveTensors({ a: { data: new Float32Array(3), shape: [2, 2] } }),
    "shape_mismatch",
    /tensor a: the shape \[2, 2\] does not have 3 elements/,
  );
  await rejects(
    client.saveTensors({ a: { data: new Float32Array(3), shape: [1.5, 2] } }),
    "invalid_option",
    /^tensors: must be shapes of whole numbers/,
  );
  await rejects(client.saveTensors({ a: [1, 2] }), "invalid_option", /^tensors: a must be a typed array/);
  await rejects(
    client.saveTensors({ a: new Uint8Array(1) }, { n: 3 }),
    "invalid_option",
    /^metadata: must be texts/,
  );
  await rejects(client.readTensors(new Uint8Array(3)), "parse", /^tensors\.safetensors: 3 bytes are too few/);
});
