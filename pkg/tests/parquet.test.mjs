/** Tables and tensors that other programs wrote: Parquet by pyarrow, a data set of PyG. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createClient } from "ibmb";
import { edgeHash, rejects, textFile } from "./support.mjs";

const folder = new URL("../../tests/cases/files/", import.meta.url);
const manifest = async (name) => Object.entries(JSON.parse(await readFile(new URL(name, folder), "utf8")));
const file = async (name) => ({
  name: name.split("/").at(-1),
  data: new Uint8Array(await readFile(new URL(name, folder))),
});

let client;
before(async () => {
  client = await createClient();
});
after(() => client.dispose());

for (const [names, wanted] of await manifest("parquet/parquet.json")) {
  test(`${names} opens to the table that went in`, async () => {
    const files = await Promise.all(names.split(" ").map((name) => file(`parquet/${name}`)));
    const graph = await client.openGraph(files, { weights: "use" });
    assert.deepEqual(
      [graph.numNodes, graph.numEdges, graph.weighted],
      [wanted.nodes, wanted.edges, wanted.weighted ?? false],
    );
    assert.equal(await edgeHash(graph), wanted.hash);
    assert.equal(graph.nodeNames !== null, wanted.named ?? false);
    assert.deepEqual(graph.labels && [...graph.labels], wanted.labels ?? null);
    assert.equal(graph.numFeatures, wanted.features ?? 0);
    const [split] = Object.values(graph.splits);
    if (wanted.split)
      assert.deepEqual({ train: [...split.train], val: [...split.val], test: [...split.test] }, wanted.split);
    for (const [, kind] of graph.report.files) assert.match(kind, /, Parquet/);
    const blobs = await client.openGraph(
      files.map(({ name, data }) => ({ name, data: new Blob([data]) })),
      { weights: "use" },
    );
    assert.deepEqual(await blobs.save(), await graph.save());
    for (const one of [blobs, graph]) one.dispose();
  });
}

test("weights of a Parquet table are those of its floats, and columns are named as ever", async () => {
  const edges = await file("parquet/edges.parquet");
  const preview = await client.previewTable(edges);
  assert.deepEqual(
    [preview.kind, preview.rows[0], preview.doubts],
    ["edge list, Parquet, integer ids", ["source", "target", "weight"], []],
  );
  const { tensors } = await client.readTensors(
    await (await client.openGraph(edges, { weights: "use" })).save(),
  );
  // As make_parquet.py has them: undirected, in both directions.
  const [ids, weights] = [[...tensors.edge_index.data].map(Number), [...tensors.edge_weight.data]];
  const half = ids.length / 2;
  weights.forEach((weight, at) => {
    const [a, b] = [ids[at], ids[at + half]].sort((x, y) => x - y);
    assert.ok(
      [(((a * 7 + b * 3) % 8) + 1) / 4, (((b * 7 + a * 3) % 8) + 1) / 4].includes(weight),
      `${a} ${b} ${weight}`,
    );
  });
  const turned = await client.openGraph(edges, {
    directed: true,
    edgeList: { source: "target", target: "source" },
  });
  const straight = await client.openGraph(edges, { directed: true });
  const flipped = (pairs) =>
    [...pairs].flatMap((id, at) => (at % 2 ? [`${id} ${pairs[at - 1]}`] : [])).sort();
  const plain = (pairs) => [...pairs].flatMap((id, at) => (at % 2 ? [`${pairs[at - 1]} ${id}`] : [])).sort();
  assert.deepEqual(flipped(await turned.edges()), plain(await straight.edges()));
});

test("broken and foreign Parquet files are refused in words", async () => {
  const good = (await file("parquet/edges.parquet")).data;
  const at = (name, bytes) => client.openGraph({ name, data: bytes });
  const refused = async (bytes, message) => {
    const error = await rejects(at("e.parquet", bytes), "parse");
    assert.equal(error.message, message);
  };
  // The codec of the first column, LZO in place of gzip: 3 in place of 2, as twice the number.
  const lzo = Buffer.from((await file("parquet/gzip.parquet")).data);
  const codec = lzo.lastIndexOf("person\u0015\u0004") + 7;
  assert.ok(codec > 7);
  lzo[codec] = 6;
  await refused(
    lzo,
    'e.parquet: the columns are packed with LZO, read are SNAPPY, GZIP, ZSTD, BROTLI, LZ4_RAW and unpacked ones: write it with compression="snappy"',
  );
  await refused(
    (await file("parquet/lists.parquet")).data,
    'e.parquet: column "tags" holds lists or structs, read are columns of one value a row',
  );
  await refused(
    (await file("parquet/negative.parquet")).data,
    "e.parquet, line 45: target -1 is negative, ids start at 0",
  );
  await refused(
    (await file("parquet/alone.parquet")).data,
    "e.parquet, line 1: the header has a source column but no target column; it has source",
  );
  await refused(good.subarray(0, 4), "e.parquet: not a readable Parquet file: parquet file is too short");
  await refused(
    good.subarray(0, 200),
    "e.parquet: not a readable Parquet file: parquet file invalid (footer != PAR1)",
  );
  const long = good.slice();
  new DataView(long.buffer).setUint32(long.length - 8, 1 << 30, true);
  await refused(
    long,
    "e.parquet: not a readable Parquet file: parquet metadata length 1073741824 exceeds available buffer 1410",
  );
  // Whatever the damage, it is an error or a graph, and the client goes on.
  let state = 5;
  for (const name of ["edges", "gzip", "zstd", "brotli", "lz4"]) {
    const whole = (await file(`parquet/${name}.parquet`)).data;
    for (let i = 0; i < 15; i += 1) {
      const damaged = whole.slice();
      for (let k = 0; k < 4; k += 1) {
        state = (state * 48271) % 2147483647;
        damaged[4 + (state % (whole.length - 12))] = state & 255;
      }
      await at("e.parquet", damaged).then(
        (graph) => graph.dispose(),
        (error) => assert.equal(error.name, "IbmbError", error.stack),
      );
    }
  }
  assert.equal((await at("e.parquet", good)).numNodes, 34);
});

test("a Parquet table keeps the limit of a file, and its name beside others", async () => {
  const edges = await file("parquet/edges.parquet");
  // 78 rows of 3 columns take 234 bytes at least, and more with their digits.
  for (const [maxFileBytes, found] of [
    [500, /^edges\.parquet: bytes as text: [5-9]\d\d exceeds the limit of 500$/],
    [233, /^edges\.parquet: bytes as text: 234 exceeds the limit of 233$/],
  ]) {
    const tight = await createClient({ limits: { maxFileBytes } });
    const error = await rejects(tight.openGraph(edges), "limit_exceeded");
    tight.dispose();
    assert.match(error.message, found);
  }
  const mixed = await client.openGraph([edges, textFile("labels.csv", "node,label\n0,x\n33,y\n")]);
  assert.deepEqual(
    mixed.report.files.map(([, kind]) => kind),
    ["edge list, Parquet, integer ids", "labels, comma, header"],
  );
});

for (const [name, wanted] of await manifest("pyg/pyg.json")) {
  test(`PyG's ${name} opens to the data set that went in`, async () => {
    const graph = await client.openGraph(await file(`pyg/${name}`));
    assert.deepEqual(
      [graph.numNodes, graph.numEdges, graph.numFeatures, [...graph.labels]],
      [wanted.nodes, wanted.edges, wanted.features, wanted.labels],
    );
    assert.equal(await edgeHash(graph), wanted.hash);
    assert.deepEqual([...Object.values(graph.splits)[0].train], wanted.train);
    graph.dispose();
  });
}
