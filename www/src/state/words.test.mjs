import assert from "node:assert/strict";
import test from "node:test";
import { bytes, count, millis, percent, plural, score, shorten, tidyClass } from "./words.ts";

test("counts have thousands apart", () => {
  assert.equal(count(1_234_567), "1,234,567");
  assert.equal(plural(1, "node"), "1 node");
  assert.equal(plural(2000, "node"), "2,000 nodes");
  assert.equal(plural(2, "class", "classes"), "2 classes");
});

test("a share below one never reads as all", () => {
  assert.equal(percent(0.815), "81.5 %");
  assert.equal(percent(0.9996), "99.9 %");
  assert.equal(percent(0.996, 0), "99 %");
  assert.equal(percent(1), "100.0 %");
  assert.equal(percent(Number.NaN), "–");
});

test("times and sizes have as many digits as they are worth", () => {
  assert.deepEqual([0.01, 0.14, 9.96, 12.4, 1234, 12_345].map(millis), [
    "< 0.1 ms",
    "0.1 ms",
    "10.0 ms",
    "12 ms",
    "1.2 s",
    "12 s",
  ]);
  assert.deepEqual([12, 1500, 2_345_678].map(bytes), ["12 B", "2 kB", "2.3 MB"]);
  assert.deepEqual([0, 1.5, 0.0123, 0.000012].map(score), ["0", "1.50", "0.0123", "1.2e-5"]);
});

test("long names are cut by letters, and those from right to left leave the words around them in place", () => {
  assert.equal(shorten("abcdef", 4), "abc…");
  assert.equal(shorten("abcd", 4), "abcd");
  assert.equal(shorten("😀😀😀", 2), "😀…");
  assert.equal(shorten("שלום"), "\u2068שלום\u2069");
  assert.equal(tidyClass("Neural_Networks"), "Neural Networks");
});
