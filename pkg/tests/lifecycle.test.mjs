/** Cancelling, disposing, crashing: every promise settles, and with the right code. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { createClient } from "ibmb";
import { planted, safetensors } from "./planted.mjs";
import { circle, edgeFile, rejects } from "./support.mjs";

const long = { eps: 1e-7, alpha: 0.1 };
const file = edgeFile(circle(5000));

/** A client, and the workers that it has started so far. */
async function watched() {
  const workers = [];
  const worker = () => workers[workers.push(new Worker(new URL(import.meta.resolve("ibmb/worker")))) - 1];
  return { client: await createClient({ worker }), workers };
}

test("a signal cancels, and the client remains usable", async () => {
  const client = await createClient();
  const graph = await client.openGraph(file);
  const control = new AbortController();
  const start = performance.now();
  const plan = graph.plan(long, { signal: control.signal, onProgress: () => control.abort("enough") });
  const error = await rejects(plan, "cancelled");
  assert.equal(error.details.reason, "enough");
  // The worker answers other calls at once, since it has stopped.
  assert.equal((await graph.edges()).length, 40000);
  assert.ok(performance.now() - start < 5000);
  assert.equal((await graph.plan({ eps: 1e-3 })).stats.numOutputs, 5000);
  client.dispose();
});

test("a signal that was aborted before rejects at once", async () => {
  const client = await createClient();
  await rejects(client.openGraph(file, { signal: AbortSignal.abort() }), "cancelled");
  const graph = await client.openGraph(file);
  await rejects(graph.plan(long, { signal: AbortSignal.abort() }), "cancelled");
  client.dispose();
});

test("calls interleave: a short one is answered while a long one runs", async () => {
  const client = await createClient();
  const graph = await client.openGraph(file);
  const control = new AbortController();
  let longEnded = false;
  const plan = graph.plan(long, { signal: control.signal }).finally(() => (longEnded = true));
  await graph.influencers(0);
  assert.equal(longEnded, false);
  control.abort();
  await rejects(plan, "cancelled");
  client.dispose();
});

test("dispose rejects what is pending and every later call; twice is quiet", async () => {
  const client = await createClient();
  const graph = await client.openGraph(file);
  const plan = graph.plan(long);
  client.dispose();
  client.dispose();
  await rejects(plan, "disposed");
  await rejects(graph.edges(), "disposed");
  await rejects(client.openGraph(file), "disposed");
  await rejects(client.restart(), "disposed");
  graph.dispose();
});

test("a handle that is disposed rejects; a plan outlives its graph", async () => {
  const client = await createClient();
  const graph = await client.openGraph(file);
  const plan = await graph.plan({ eps: 1e-3 });
  graph.dispose();
  graph.dispose();
  await rejects(graph.edges(), "disposed", /the graph is disposed/);
  assert.ok((await plan.batch(0)).nodes.length > 0);
  plan.dispose();
  await rejects(plan.batch(0), "disposed", /the plan is disposed/);
  client.dispose();
});

test("Symbol.dispose is there where the runtime has it", { skip: !Symbol.dispose }, async () => {
  const client = await createClient();
  const graph = await client.openGraph(file);
  graph[Symbol.dispose]();
  await rejects(graph.edges(), "disposed");
  client[Symbol.dispose]();
  await rejects(client.memoryBytes(), "disposed");
});

test("a worker that dies rejects what is pending and later calls; restart() helps", async () => {
  const { client, workers } = await watched();
  const graph = await client.openGraph(file);
  const pending = rejects(graph.plan(long), "worker_crashed");
  await workers[0].terminate();
  await pending;
  await rejects(graph.edges(), "worker_crashed");
  await client.restart();
  await rejects(graph.edges(), "disposed", /lost when the worker was restarted/);
  const fresh = await client.openGraph(file);
  assert.equal(fresh.numNodes, 5000);
  client.dispose();
});

test("a worker that reads files and dies leaves what is open as it is", async () => {
  const { client, workers } = await watched();
  const graph = await client.openGraph(file);
  assert.equal(workers.length, 2);
  const reading = client.openGraph(file, { onProgress: () => void workers[2].terminate() });
  await rejects(
    reading,
    "worker_crashed",
    /the worker that reads files has crashed, what is open is unchanged/,
  );
  assert.equal((await graph.edges()).length, 40000);
  assert.equal((await client.openGraph(file)).numNodes, 5000);
  client.dispose();
});

test("disposing ends the reading of files", async () => {
  const client = await createClient();
  const reading = client.openGraph(file);
  client.dispose();
  await rejects(reading, "disposed");
});

test("a trap of the wasm ends the worker, not the process", async () => {
  // A worker whose wasm traps in one function.
  const trapping = `
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = async (module, imports) => {
      const instance = await instantiate(module, imports);
      if (!instance.exports.graph_edges) return instance;
      const graph_edges = () => { throw new WebAssembly.RuntimeError("unreachable"); };
      return { instance: { exports: { ...instance.exports, graph_edges } }, module };
    };
    import(${JSON.stringify(import.meta.resolve("ibmb/worker"))});`;
  const client = await createClient({ worker: () => new Worker(trapping, { eval: true }) });
  const graph = await client.openGraph(file);
  const pending = rejects(graph.plan(long), "worker_crashed");
  await rejects(graph.edges(), "worker_crashed", /unreachable/);
  await pending;
  await rejects(client.memoryBytes(), "worker_crashed");
  await client.restart();
  assert.ok((await client.memoryBytes()) > 0);
  client.dispose();
});

test("a wasm that cannot be found is said so", async () => {
  await rejects(createClient({ wasm: "/nowhere/ibmb.wasm" }), "worker_crashed", /nowhere/);
  await rejects(createClient({ wasm: new Uint8Array([1, 2, 3]) }), "worker_crashed");
});

test("a part that cannot be found leaves what is open as it is", async () => {
  const client = await createClient({
    modelsWasm: "file:///nowhere/models.wasm",
    filesWasm: "file:///nowhere/files.wasm",
  });
  const graph = await client.openGraph({ name: "graph.safetensors", data: planted() });
  const { length } = await graph.edges();
  for (let times = 0; times < 2; times += 1) {
    for (const [call, name] of [
      [() => graph.neighbourhood([0]), "models"],
      [() => client.plantedGraph({ numNodes: 1000 }), "models"],
      [() => client.openGraph(file), "files"],
    ]) {
      const error = await rejects(call(), "not_loaded");
      assert.ok(
        error.message.startsWith(`the wasm could not be loaded from file:///nowhere/${name}.wasm: `),
        error.message,
      );
    }
  }
  assert.equal((await graph.edges()).length, length);
  client.dispose();
});

test("the wasm can be given as an address, as bytes or as a module", async () => {
  const urls = ["ibmb/ibmb.wasm", "ibmb/models.wasm"].map((name) => new URL(import.meta.resolve(name)));
  const bytes = await Promise.all(urls.map((url) => readFile(url)));
  const modules = await Promise.all(bytes.map((of) => WebAssembly.compile(of)));
  for (const [wasm, modelsWasm] of [urls, urls.map((url) => url.href), bytes, modules]) {
    const client = await createClient({ wasm, modelsWasm });
    const graph = await client.openGraph(edgeFile([[0, 1]]));
    assert.equal((await graph.neighbourhood([0])).nodes.length, 2);
    client.dispose();
  }
});

test("a wasm is fetched once for all workers that need it", async () => {
  const fetched = [];
  const server = createServer(async ({ url }, response) => {
    fetched.push(url);
    response.end(await readFile(new URL(`../dist/wasm${url}`, import.meta.url)));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const base = `http://127.0.0.1:${server.address().port}`;
  const [wasm, modelsWasm, filesWasm] = ["ibmb", "models", "files"].map((name) => `${base}/${name}_bg.wasm`);
  const client = await createClient({ wasm, modelsWasm, filesWasm, workers: 3 });
  const small = edgeFile(circle(300));
  await client.previewTable(small);
  for (let time = 0; time < 3; time += 1) (await client.openGraph(small)).dispose();
  const graph = await client.openGraph(small);
  await graph.exportAs("gexf");
  const data = await client.openGraph({ name: "planted.safetensors", data: planted() });
  assert.deepEqual(fetched, ["/ibmb_bg.wasm", "/files_bg.wasm"]);
  await client.preload();
  const plan = await data.plan({ outputsPerBatch: 100 });
  const { model } = await data.train({ epochs: 1 });
  assert.equal((await plan.infer(model)).nodes.length, data.numNodes);
  assert.deepEqual(fetched, ["/ibmb_bg.wasm", "/files_bg.wasm", "/models_bg.wasm"]);
  server.close();
  // And without a server from then on.
  await client.restart();
  const again = await client.openGraph(small);
  assert.equal(again.numNodes, 300);
  assert.ok((await again.neighbourhood([0])).nodes.length > 1);
  client.dispose();
});

test("a worker for files stands ready, and another takes the place of one that has fallen", async () => {
  const { client, workers } = await watched();
  const open = async () => (await client.openGraph(file)).numNodes;
  await client.preload("files");
  await client.preload("files");
  assert.equal(workers.length, 2);
  assert.equal(await open(), 5000);
  // The next one is on its way.
  assert.equal(workers.length, 3);
  await client.preload("files");
  await workers[2].terminate();
  assert.equal(await open(), 5000);
  assert.equal(workers.length, 5);
  client.dispose();
  await rejects(client.preload("files"), "disposed", /disposed/);
  await Promise.all(workers.map((worker) => worker.threadId === -1 || once(worker, "exit")));
});

test("a wasm of files that is not there is refused ahead, and takes nothing along", async () => {
  const client = await createClient({ filesWasm: "file:///nowhere.wasm" });
  const planted = await client.plantedGraph({ numNodes: 100 });
  for (let time = 0; time < 2; time += 1)
    await rejects(client.preload("files"), "not_loaded", /could not be loaded/);
  await rejects(client.openGraph(file), "not_loaded", /could not be loaded/);
  assert.equal((await planted.neighbourhood([0])).nodes[0], 0);
  client.dispose();
});

test("objects of another client are refused", async () => {
  const [one, two] = await Promise.all([createClient(), createClient()]);
  const graph = await one.openGraph(file);
  await rejects(graph.infer({ arch: "gcn" }), "invalid_option", /^model: /);
  const model = await two.openModel(
    safetensors({
      "convs.0.lin.weight": ["F32", [2, 3], new Float32Array(6)],
      "convs.0.bias": ["F32", [2], new Float32Array(2)],
    }),
  );
  await rejects(graph.infer(model), "invalid_option", /another client/);
  one.dispose();
  two.dispose();
});
