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
