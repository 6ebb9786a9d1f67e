import assert from "node:assert/strict";
import test from "node:test";
import { batchColour, classColours, css, islandHues, oklch, scoreColour } from "./colour.ts";

test("OKLCH to sRGB as CSS Color 4 has it", () => {
  // The primaries of sRGB in OKLCH, from the samples of the specification.
  assert.deepEqual(oklch(0.62796, 0.25768, 29.234), [255, 0, 0]);
  assert.deepEqual(oklch(0.86644, 0.29483, 142.495), [0, 255, 0]);
  assert.deepEqual(oklch(0.45201, 0.31321, 264.052), [0, 0, 255]);
  assert.deepEqual(oklch(1, 0, 0), [255, 255, 255]);
  assert.deepEqual(oklch(0, 0, 0), [0, 0, 0]);
  // A grey has three equal bytes, whatever its hue: 0.5 cubed is 0.125, which sRGB writes as 0.3885.
  assert.deepEqual(oklch(0.5, 0, 200), [99, 99, 99]);
});

test("what is outside the gamut is held at its border", () => {
  for (const byte of oklch(0.9, 0.4, 140)) assert.ok(Number.isInteger(byte) && byte >= 0 && byte <= 255);
});

test("classes have colours of their own, also beyond the seven of Okabe and Ito", () => {
  for (const theme of ["light", "dark"]) {
    const colours = classColours(40, theme).map(css);
    assert.equal(new Set(colours).size, 40);
    assert.equal(colours[0], "rgb(0 114 178)");
  }
});

test("greater scores are darker on light paper and lighter on dark paper", () => {
  const sum = (rgb) => rgb.reduce((all, byte) => all + byte, 0);
  assert.ok(sum(scoreColour(1, "light")) < sum(scoreColour(0, "light")));
  assert.ok(sum(scoreColour(1, "dark")) > sum(scoreColour(0, "dark")));
});

test("islands side by side have different hues", () => {
  const centres = Float64Array.from([0, 0, 0.01, 0, 0.02, 0, 0.9, 0.9]);
  const hues = islandHues(centres);
  assert.equal(hues.length, 4);
  assert.ok(hues.every((slot) => slot < 10));
  assert.equal(new Set(hues.subarray(0, 3)).size, 3);
  assert.notDeepEqual(batchColour(hues[0], "light"), batchColour(hues[1], "light"));
});
