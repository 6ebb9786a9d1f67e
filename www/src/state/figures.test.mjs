import assert from "node:assert/strict";
import test from "node:test";
import { classShares, commonest, sorted } from "./batch-columns.ts";
import { fastest, growth, passesToPay, suggested } from "./comparison.ts";
import { byClass } from "./evaluation.ts";
import { binned, wayLength } from "./figures.ts";
import { Neighbours } from "./neighbours.ts";
import { paceOf } from "./training.ts";

test("a closed way through three batches takes three distances", () => {
  const distances = Float64Array.of(0, 1, 2, 1, 0, 4, 2, 4, 0);
  // 0 to 2, 2 to 1, 1 to 0: 2 + 4 + 1.
  assert.equal(wayLength([0, 2, 1], distances), 7);
});

test("bins are equally wide and hold all values, the greatest too", () => {
  assert.deepEqual(binned([0, 1, 2, 3, 4, 10], 2), [
    { from: 0, to: 5, count: 5 },
    { from: 5, to: 10, count: 1 },
  ]);
  assert.deepEqual(binned([3, 3], 4), [{ from: 3, to: 3, count: 2 }]);
  assert.deepEqual(binned([], 4), []);
});

test("a confusion matrix by class", () => {
  // Rows are labels, columns predictions.
  const [first, second, third] = byClass(Uint32Array.of(3, 1, 0, 2, 4, 2, 0, 0, 0), 3);
  assert.deepEqual(first, { labelled: 4, predicted: 5, right: 3, recall: 0.75, precision: 0.6, takenFor: 1 });
  assert.deepEqual(second, { labelled: 8, predicted: 5, right: 4, recall: 0.5, precision: 0.8, takenFor: 0 });
  assert.deepEqual([third.labelled, third.predicted, third.recall, third.takenFor], [0, 2, Number.NaN, null]);
});

test("classes of a batch, the most frequent first, ties to the smaller one", () => {
  const labels = Uint32Array.of(1, 2, 1, 0, 0, 0);
  assert.deepEqual(classShares(labels, 3, 0), [
    { cls: 1, count: 2, share: 0.5 },
    { cls: 0, count: 1, share: 0.25 },
    { cls: 2, count: 1, share: 0.25 },
  ]);
  const { cls, share } = commonest(labels, 3);
  assert.deepEqual([...cls], [1, -1]);
  assert.deepEqual([...share], [0.5, Number.NaN]);
});

test("batches are sorted by a column, those without a value last", () => {
  const values = [2, Number.NaN, 3, 1];
  const column = { value: (batch) => values[batch] };
  assert.deepEqual(sorted(column, false, [0, 1, 2, 3]), [3, 0, 2, 1]);
  assert.deepEqual(sorted(column, true, [0, 1, 2, 3]), [2, 0, 3, 1]);
});

const point = (way, timeMs, score, prepareMs = 0) => ({ way, timeMs, score, prepareMs });

test("the fastest point that is as good within half a point is suggested, else the best", () => {
  const points = [point("full-graph", 9, 0.8), point("node-wise", 5, 0.796), point("batch-wise", 3, 0.79)];
  assert.equal(suggested(points), 1);
  assert.equal(suggested([points[0], points[2], point("node-wise", 9, 0.78)]), 1);
  assert.equal(suggested([points[0]]), null);
  assert.equal(fastest(points, "batch-wise", 0.8), null);
  assert.equal(fastest(points, "node-wise", 0.8), points[1]);
});

test("a dearer preparation pays after as many passes as it takes to save it", () => {
  // 40 ms more at first, 4 ms less a pass.
  assert.equal(passesToPay(point("node-wise", 2, 1, 50), point("full-graph", 6, 1, 10)), 10);
  assert.equal(passesToPay(point("node-wise", 2, 1, 0), point("full-graph", 6, 1, 10)), 1);
  assert.equal(passesToPay(point("node-wise", 6, 1, 0), point("full-graph", 6, 1, 10)), null);
  const sizes = [point("node-wise", 2, 1), point("full-graph", 1, 1), point("node-wise", 8, 1)];
  assert.equal(growth(sizes, "node-wise").time, 4);
  assert.equal(growth(sizes, "full-graph"), null);
});

test("the pace of a training by its latest epochs", () => {
  const epochs = [10, 20, 30].map((timeMs) => ({ timeMs }));
  assert.deepEqual(paceOf({ epochs, planned: 5 }), { epochMs: 20, leftMs: 40, totalMs: 60 });
  assert.equal(paceOf({ epochs: [], planned: 5 }), null);
});

test("neighbours of every node, both ways", () => {
  const path = new Neighbours(4, Uint32Array.of(0, 1, 1, 2));
  assert.deepEqual(
    [0, 1, 2, 3].map((node) => [...path.of(node)]),
    [[1], [0, 2], [1], []],
  );
});
