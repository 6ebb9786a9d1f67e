import assert from "node:assert/strict";
import test from "node:test";
import { readFilter } from "./batch-filter.ts";

const column = (name, unit, values) => ({ name, head: name, meaning: "", unit, value: (i) => values[i] });
const COLUMNS = [
  column("batch", "count", [0, 1, 2, 3]),
  column("aux", "count", [100, 200, 300, 400]),
  column("captured", "share", [0.5, 0.9, 0.95, 1]),
  column("time", "ms", [1, 2, 1500, Number.NaN]),
  column("bytes", "bytes", [500, 2000, 3e6, 4e6]),
];
const NAMES = ["theory", "neural nets", "theory", "rules"];

function kept(text, names = (batch) => NAMES[batch]) {
  const read = readFilter(text, COLUMNS, names);
  return "problem" in read ? read.problem : [0, 1, 2, 3].filter(read.keeps);
}

test("columns are compared with numbers as the table shows them", () => {
  assert.deepEqual(kept("aux > 200"), [2, 3]);
  assert.deepEqual(kept("aux>=200"), [1, 2, 3]);
  assert.deepEqual(kept("aux ≤ 200"), [0, 1]);
  assert.deepEqual(kept("aux = 300"), [2]);
  assert.deepEqual(kept("aux != 300"), [0, 1, 3]);
  assert.deepEqual(kept("captured < 95 %"), [0, 1]);
  assert.deepEqual(kept("captured < 95"), [0, 1]);
  assert.deepEqual(kept("time >= 1.5 s"), [2]);
  assert.deepEqual(kept("bytes < 3 MB"), [0, 1]);
});

test("ranges hold both ends, and a unit at the end counts for both", () => {
  assert.deepEqual(kept("aux 200..300"), [1, 2]);
  assert.deepEqual(kept("1..2"), [1, 2]);
  assert.deepEqual(kept("bytes 2..3000 kb"), [1, 2]);
});

test("conditions all hold, batches go by number, classes by a part of their name", () => {
  assert.deepEqual(kept(""), [0, 1, 2, 3]);
  assert.deepEqual(kept("aux > 100, captured < 100"), [1, 2]);
  assert.deepEqual(kept("aux > 100 and theory"), [2]);
  assert.deepEqual(kept("2"), [2]);
  assert.deepEqual(kept("Neural"), [1]);
});

test("a value that is none is in no comparison", () => {
  assert.deepEqual(kept("time > 0"), [0, 1, 2]);
  assert.deepEqual(kept("time != 1"), [1, 2]);
});

test("the beginning of a column is enough, unless it is that of several", () => {
  assert.deepEqual(kept("capt > 0.94"), [0, 1, 2, 3]);
  assert.match(kept("b > 1"), /“b”.*batch, bytes/);
  assert.match(kept("weight > 1"), /“weight”.*batch, aux, captured, time, bytes/);
  assert.match(kept("aux > 3 ms"), /“3 ms”: aux/);
  assert.match(kept("aux >"), /“aux >”/);
  assert.match(kept("theory", null), /“theory”/);
});
