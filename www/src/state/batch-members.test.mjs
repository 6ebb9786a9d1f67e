import assert from "node:assert/strict";
import test from "node:test";
import { byScore, memberOf, numRanked, placeIn, placeOf } from "./batch-members.ts";

const NONE = 4294967295;
const BATCH = {
  nodes: Uint32Array.of(2, 5, 9, 11),
  isOutput: Uint8Array.of(0, 1, 0, 0),
  scores: Float32Array.of(0.25, 0.5, 0.25, 0),
  rank: Uint32Array.of(2, 1, 3, 0),
  hop: Uint8Array.of(1, 0, 2, 255),
  bestOutput: Uint32Array.of(5, 5, 5, NONE),
};

test("a node is found among ascending ids", () => {
  assert.deepEqual(
    [2, 5, 9, 11, 0, 7, 12].map((node) => placeIn(BATCH, node)),
    [0, 1, 2, 3, -1, -1, -1],
  );
  assert.equal(placeOf(new Uint32Array(0), 1), -1);
});

test("what a batch knows of a node, with nothing where arrays have their mark for nothing", () => {
  assert.deepEqual(memberOf(BATCH, 5), { isOutput: true, score: 0.5, rank: 1, hop: 0, selectedBy: 5 });
  assert.deepEqual(memberOf(BATCH, 11), {
    isOutput: false,
    score: 0,
    rank: null,
    hop: null,
    selectedBy: null,
  });
  assert.equal(memberOf(BATCH, 3), null);
  assert.equal(numRanked(BATCH), 3);
});

test("nodes from the greatest score down, of equal ones the smaller id first", () => {
  assert.deepEqual([...byScore(BATCH)], [5, 2, 9, 11]);
});
