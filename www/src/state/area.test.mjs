import assert from "node:assert/strict";
import test from "node:test";
import { nodesInside, rectangle } from "./area.ts";

const PLACES = Float32Array.from([0.5, 0.5, 0.1, 0.1, 0.9, 0.5, 0.5, 0.9, 0.2, 0.8]);

test("nodes inside a rectangle, whichever corner the drag began at", () => {
  const inside = [0, 2];
  const [a, b] = [
    { x: 0.4, y: 0.4 },
    { x: 1, y: 0.6 },
  ];
  for (const area of [rectangle(a, b), rectangle(b, a)])
    assert.deepEqual([...nodesInside(PLACES, area)], inside);
});

test("a lasso takes what a ray leaves an odd number of times", () => {
  // An L: the square without its upper right quarter.
  const corner = [
    [0, 0],
    [0.3, 0],
    [0.3, 0.7],
    [1, 0.7],
    [1, 1],
    [0, 1],
  ].map(([x, y]) => ({ x, y }));
  assert.deepEqual([...nodesInside(PLACES, corner)], [1, 3, 4]);
  assert.deepEqual([...nodesInside(PLACES, [])], []);
});
