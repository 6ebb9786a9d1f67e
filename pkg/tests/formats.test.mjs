// Every format of the corpus through the worker, formats and columns on request, exports and back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import startFiles, { Files } from "../dist/wasm/files.js";
import { edgeHash, textFile as text } from "./support.mjs";

const folder = new URL("../../tests/cases/files/graphs/", import.meta.url);
const expected = JSON.parse(await readFile(new URL("graphs.json", folder), "utf8"));
const fixture = async (name) => ({ name, data: new Uint8Array(await readFile(new URL(name, folder))) });

let client;
before(async () => {
  client = await createClient();
});
after(() => client.dispose());

for (const [name, wanted] of Object.entries(expected)) {
  test(`${name} opens to the graph that went in`, async () => {
    const graph = await client.openGraph(await fixture(name));
    assert.equal(graph.numNodes, wanted.nodes);
    assert.equal(graph.numEdges, wanted.directed ? 2 * wanted.edges : wanted.edges);
    assert.deepEqual(graph.labels && [...graph.labels], wanted.labels ?? null);
    assert.deepEqual(graph.positions && [...graph.positions], wanted.positions?.flat() ?? null);
    assert.equal(await edgeHash(graph), wanted.hash);
    graph.dispose();
  });
}

test("the caller says what a file is and which columns count", async () => {
  const list = text("odd.txt", `${"; a note\nw|from|to\n".replaceAll("|", ",")}2,0,1\n3,1,2\n`);
  const edgeList = {
    delimiter: "comma",
    header: true,
    comment: ";",
    source: "from",
    target: 2,
    weight: "w",
    ids: "names",
  };
  const graph = await client.openGraph(list, { format: "edge-list", edgeList, weights: "use" });
  assert.deepEqual([...(await graph.edges())], [0, 1, 1, 2]);
  assert.equal(graph.weighted, true);
  const files = [text("a.txt", "id,label\n0,1\n1,0\n"), text("b.txt", "0,1\n")];
  const both = await client.openGraph(files, { format: { "a.txt": "node-table" } });
  assert.deepEqual([...both.labels], [1, 0]);
});

test("options that are wrong are named", async () => {
  const refused = async (options, message, files = text("e.csv", "0,1\n")) => {
    await assert.rejects(client.openGraph(files, options), (error) => {
      assert.equal(error.code, "invalid_option");
      assert.equal(error.message, message);
      return true;
    });
  };
  const known = "edge-list, node-table, matrix-market, json, graphml, gexf, gml, npy, npz, safetensors";
  await refused({ format: "xlsx" }, `format: "xlsx" is not known; known are ${known}`);
  await refused({ format: { "e.csv": "xlsx" } }, `format: "xlsx" is not known; known are ${known}`);
  await refused(
    { format: "gml" },
    "format: several files are given; say which by an object of formats by file name",
    [text("a", "0,1\n"), text("b", "0,1\n")],
  );
  await refused(
    { edgeList: { comment: "//" } },
    'edgeList.comment: "//" is not one printable ASCII character',
  );
  await refused(
    { edgeList: { source: 7 } },
    "source: there is no column 7 in e.csv; it has 2 columns without a header, from 0",
  );
});

test("exports open again, with what was computed beside the nodes", async () => {
  const graph = await client.openGraph(await fixture("networkx_names_positions.gexf"), { weights: "use" });
  const plan = await graph.plan({ outputNodes: [0, 33], outputsPerBatch: 1 });
  const columns = [
    { name: "batch", values: plan.batchOf },
    { name: "score", values: new Float32Array(graph.numNodes).fill(0.5) },
    {
      name: "prediction",
      values: Array.from({ length: graph.numNodes }, (_, node) => (node % 2 ? "odd" : "")),
    },
  ];
  for (const format of ["graphml", "gexf"]) {
    const data = await graph.exportAs(format, columns);
    const again = await client.openGraph({ name: `g.${format}`, data }, { weights: "use" });
    assert.deepEqual(await again.edges(), await graph.edges());
    assert.deepEqual(again.nodeNames, graph.nodeNames);
    assert.deepEqual(again.classNames, graph.classNames);
    assert.deepEqual([...again.labels], [...graph.labels]);
    assert.deepEqual(again.positions, graph.positions);
    assert.equal(again.numFeatures, 0);
  }
  await assert.rejects(graph.exportAs("dot"), {
    message: 'format: "dot" is not known; known are graphml, gexf',
  });
  const short = [{ name: "batch", values: new Int32Array(3) }];
  await assert.rejects(graph.exportAs("gexf", short), {
    message: 'column "batch": 3 values, the graph has 34 nodes',
  });
});

test("bytes that come in any pieces are read, and those that stop coming are an error that names the file", async () => {
  await startFiles({
    module_or_path: await readFile(new URL("../dist/wasm/files_bg.wasm", import.meta.url)),
  });
  const bytes = Buffer.from(
    `source,target\n${Array.from({ length: 50_000 }, (_, at) => `${at % 997},${(at * 3) % 997}\n`).join("")}`,
  );
  /** Reads a file whose bytes `read` gives. */
  const opened = (read) => {
    const files = new Files(undefined);
    files.add("edges.csv", bytes.length, read);
    const job = files.read({});
    while (!job.step(16));
    return job.finish();
  };
  const whole = opened((at, length) => bytes.subarray(at, at + length));
  const asked = [];
  const pieces = (at, length) => bytes.subarray(at, at + Math.min(length, 1 + (asked.push(at) % 3000)));
  assert.deepEqual(opened(pieces), whole);
  assert.ok(asked.length > 100);
  const failing = (read) =>
    assert.throws(
      () => opened((at, length) => (at > 200_000 ? read(length) : bytes.subarray(at, at + length))),
      (error) => {
        assert.equal(error.code, "parse");
        assert.match(error.message, /^edges\.csv: the file could not be read: /);
        return true;
      },
    );
  failing(() => {
    throw new Error("it was removed");
  });
  failing(() => new Uint8Array(0));
  failing((length) => new Uint8Array(length + 1));
});

test("reading is stopped between two elements", async () => {
  const links = Array.from({ length: 1_000_000 }, (_, at) => ({
    source: at % 5000,
    target: (at * 7) % 5000,
  }));
  const file = text("big.json", JSON.stringify({ nodes: [], links }));
  const stop = new AbortController();
  const onProgress = ({ done, total }) => {
    if (done > 0 && done < total) stop.abort();
  };
  await assert.rejects(client.openGraph(file, { signal: stop.signal, onProgress }), { code: "cancelled" });
  assert.equal((await client.openGraph(text("e.csv", "0,1\n"))).numEdges, 1);
});
