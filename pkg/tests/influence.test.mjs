/** The exact influence of a model, against the numbers that PyTorch gave. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { safetensors } from "./planted.mjs";
import { rejects } from "./support.mjs";

const fixture = (name) => readFile(new URL(`../../tests/fixtures/${name}.safetensors`, import.meta.url));

/** Tensors of a file as typed arrays. */
function tensors(bytes) {
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, end).toString());
  const kinds = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array };
  return (name) => {
    const { dtype, data_offsets } = header[name];
    const [from, to] = data_offsets.map((offset) => end + offset);
    return new kinds[dtype](bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + to));
  };
}

let client;
let graph;

before(async () => {
  client = await createClient();
  const get = tensors(await fixture("graph_und"));
  const [edges, x, y] = [get("edge_index"), get("x"), get("y")];
  const data = safetensors({
    edge_index: ["I64", [2, edges.length / 2], edges],
    x: ["F32", [y.length, x.length / y.length], x],
    y: ["I64", [y.length], y],
  });
  graph = await client.openGraph({ name: "und.safetensors", data });
});
after(() => client.dispose());

test("scores of every architecture are those of PyTorch", async () => {
  for (const name of ["gcn_plain", "sage_plain", "sage_ibmb", "gat_plain", "gat_ibmb"]) {
    const file = { name: `${name}.safetensors`, data: await fixture(`model_${name}_weights`) };
    const model = await client.openModel(file, { featureNormalization: "none" });
    const [arch, shape] = name.split("_");
    assert.equal(model.arch, arch);
    assert.equal(model.heads, arch === "gat" ? (shape === "ibmb" ? 2 : 3) : 1);
    assert.equal(model.activation, name === "gat_ibmb" ? "elu" : "relu");
    assert.equal(model.selfLoops, name === "sage_ibmb");
    const get = tensors(await fixture(`model_${name}_oracle`));
    const want = get("influence/l1");
    for (const [at, target] of get("influence/targets").entries()) {
      const got = await graph.exactInfluence(model, Number(target), { eps: 1e-8 });
      const row = want.slice(at * 300, (at + 1) * 300);
      const greatest = Math.max(...row);
      const scores = new Float64Array(300);
      got.nodes.forEach((node, i) => (scores[node] = got.scores[i]));
      scores.forEach((score, node) =>
        assert.ok(Math.abs(score - row[node]) < 1e-4 * greatest, `${name}, ${node}`),
      );
      assert.ok(got.rankCorrelation > 0 && got.rankCorrelation <= 1);
      assert.ok(got.topKOverlap >= 0 && got.topKOverlap <= 1 && got.k === 16);
      assert.equal(got.ppr.length, got.nodes.length);
    }
    model.dispose();
  }
});

test("unknown nodes, other models and a signal", async () => {
  const file = { name: "weights.safetensors", data: await fixture("model_gat_ibmb_weights") };
  const model = await client.openModel(file);
  await rejects(graph.exactInfluence(model, 300), "invalid_option", /node/);
  await rejects(graph.exactInfluence(model, 0, { k: 0 }), "invalid_option", /k: 0/);
  await rejects(graph.exactInfluence(model, 0, { alpha: 2 }), "invalid_option", /alpha/);
  await rejects(graph.exactInfluence(model, 0, { signal: AbortSignal.abort() }), "cancelled");
  const small = await client.openGraph({ name: "edges.csv", data: new TextEncoder().encode("0,1\n1,2\n") });
  await rejects(small.exactInfluence(model, 0), "shape_mismatch");
});
