/** What the tests share: files from text, rejections, the case files. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

/** A file of that text. */
export const textFile = (name, text) => ({ name, data: new TextEncoder().encode(text) });

/** An edge list of pairs. */
export const edgeFile = (edges, name = "edges.csv") =>
  textFile(name, `source,target\n${edges.map((pair) => pair.join(",")).join("\n")}\n`);

/** A case file that the native tests read too. */
export const cases = async (name) =>
  JSON.parse(await readFile(new URL(`../../tests/cases/${name}.json`, import.meta.url), "utf8"));

/** Expects a rejection with that code; gives the error. */
export async function rejects(promise, code, message) {
  const error = await promise.then(
    (value) => assert.fail(`expected ${code}, got ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  assert.equal(error.name, "IbmbError", `${error.stack}`);
  assert.equal(error.code, code, error.message);
  if (message !== undefined) assert.match(error.message, message);
  return error;
}

/** Pairs of a circle of `n` nodes with chords: work enough to be interrupted. */
export function circle(n) {
  const pairs = [];
  for (let node = 0; node < n; node += 1) {
    for (const step of [1, 7, 31, 129]) pairs.push([node, (node + step) % n]);
  }
  return pairs;
}

/**
 * FNV-1a of the sorted lines `a<tab>b` of the edges' ends, by name, as the scripts of the corpus compute it.
 */
export async function edgeHash(graph) {
  const names = graph.nodeNames;
  const pairs = new Set();
  const edges = await graph.edges();
  for (let at = 0; at < edges.length; at += 2) {
    const ends = [edges[at], edges[at + 1]].map((node) => (names ? names[node] : String(node)));
    pairs.add(ends.sort((a, b) => (a < b ? -1 : 1)).join("\t"));
  }
  const bytes = [...pairs].map((line) => new TextEncoder().encode(`${line}\n`)).sort(Buffer.compare);
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.concat(bytes)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
