/** How tables would be read, through the worker. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createClient } from "ibmb";
import { rejects, textFile } from "./support.mjs";

let client;

before(async () => {
  client = await createClient();
});
after(() => client.dispose());

test("the guess, its doubts, and what is said instead", async () => {
  const file = textFile("trips.csv", "day,origin,stop\n1,4,5\n1,5,6\n2,6,4\n");
  const guess = await client.previewTable(file);
  assert.deepEqual(guess, {
    kind: "edge list, comma, header, integer ids",
    rows: [
      ["day", "origin", "stop"],
      ["1", "4", "5"],
      ["1", "5", "6"],
      ["2", "6", "4"],
    ],
    edgeList: { delimiter: "comma", header: true, source: 0, target: 1, weight: null, ids: "integers" },
    warnings: ['trips.csv: column 3, "stop", was ignored'],
    doubts: ["the header names no source and target: the first two of 3 columns are taken"],
  });
  const edgeList = { source: "origin", target: 2 };
  const said = await client.previewTable(file, { edgeList });
  assert.deepEqual([said.edgeList.source, said.edgeList.target, said.doubts], [1, 2, []]);
  const graph = await client.openGraph(file, { edgeList });
  assert.equal(graph.report.files[0][1], said.kind);
  assert.deepEqual([...(await graph.edges())], [4, 5, 4, 6, 5, 6]);
  graph.dispose();
});

test("of a large file only the head is looked at, plain, packed or a Blob", async () => {
  const text = Array.from({ length: 60_000 }, (_, i) => `${i} ${i + 1}\n`).join("");
  const whole = await client.previewTable(textFile("big.txt", text));
  assert.equal(whole.rows.length, 8);
  assert.deepEqual(await client.previewTable({ name: "big.txt", data: new Blob([text]) }), whole);
  const packed = await client.previewTable({ name: "big.txt.gz", data: gzipSync(text) });
  assert.deepEqual(packed, { ...whole, kind: `${whole.kind}, gzip` });
});

test("what is no table has a kind, and errors are those of opening", async () => {
  const json = await client.previewTable(textFile("g.json", '{"nodes": [], "links": []}'));
  assert.deepEqual([json.kind, json.rows, json.edgeList], ["graph (json)", [], null]);
  await rejects(client.previewTable(textFile("empty.csv", "")), "parse", /^empty\.csv: the file is empty/);
  await rejects(
    client.previewTable(textFile("a.csv", "0,1\n"), { edgeList: { source: "x" } }),
    "invalid_option",
    /^source: there is no column "x" in a\.csv/,
  );
  await rejects(
    client.previewTable(textFile("a.csv", "0,1\n"), { format: "excel" }),
    "invalid_option",
    /format/,
  );
});
