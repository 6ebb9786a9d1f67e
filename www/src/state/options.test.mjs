import assert from "node:assert/strict";
import test from "node:test";
import { fromSlider, rangeOf, readNumber, toSlider } from "./options.ts";

const number = (more) => ({
  kind: "number",
  name: "x",
  label: "x",
  help: "",
  default: 1,
  whole: false,
  ...more,
});
const share = number({ above: 0, max: 1 });
const nodes = number({ min: 1, max: 50_000_000, whole: true });
const theta = number({ min: 0, below: 1 });

test("a number is taken when it is in the range of its option", () => {
  assert.deepEqual(readNumber(share, "0.25"), { value: 0.25 });
  assert.deepEqual(readNumber(share, " 1 "), { value: 1 });
  assert.deepEqual(readNumber(share, "1e-4"), { value: 0.0001 });
  assert.deepEqual(readNumber(theta, "0"), { value: 0 });
});

test("anything else names the option and what is allowed", () => {
  const refused = { problem: "x must be a number above 0 up to 1." };
  for (const text of ["0", "-1", "1.01", "", "  ", "a", "Infinity", "NaN", "0,5"])
    assert.deepEqual(readNumber(share, text), refused, text);
  for (const text of ["0", "1.5", "50000001"])
    assert.deepEqual(readNumber(nodes, text), {
      problem: "x must be a whole number from 1 to 50,000,000.",
    });
  assert.deepEqual(readNumber(theta, "1"), { problem: "x must be a number from 0 to below 1." });
  assert.equal(rangeOf(number({ min: 3, max: 3 })), "3");
});

test("a slider goes by factors or by steps, and back", () => {
  const eps = number({ slider: { from: 1e-6, to: 1e-2, scale: "log", steps: 40 } });
  // Ten steps a power of ten.
  for (const [position, value] of [
    [0, 1e-6],
    [10, 1e-5],
    [20, 1e-4],
    [40, 1e-2],
  ]) {
    assert.equal(fromSlider(eps, position), value);
    assert.equal(toSlider(eps, value), position);
  }
  const half = number({ slider: { from: 0, to: 1, scale: "linear", steps: 100 } });
  assert.equal(fromSlider(half, 37), 0.37);
  assert.equal(toSlider(half, 0.37), 37);
  const parts = number({ whole: true, slider: { from: 1, to: 128, scale: "log", steps: 7 } });
  assert.deepEqual(
    [0, 1, 2, 3, 7].map((position) => fromSlider(parts, position)),
    [1, 2, 4, 8, 128],
  );
});

test("a slider is held at its ends, and its values have two digits", () => {
  const option = number({ slider: { from: 0.1, to: 0.9, scale: "linear", steps: 8 } });
  assert.equal(toSlider(option, 0), 0);
  assert.equal(toSlider(option, 5), 8);
  const third = number({ slider: { from: 0, to: 1, scale: "linear", steps: 3 } });
  assert.equal(fromSlider(third, 1), 0.33);
});
