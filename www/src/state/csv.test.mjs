import assert from "node:assert/strict";
import test from "node:test";
import { csv } from "./csv.ts";

test("lines end in CRLF, and quotes stand around what needs them, doubled inside", () => {
  assert.equal(
    csv(
      ["a", "b,c"],
      [
        ["x", 'say "y"'],
        ["two\nlines", "plain"],
      ],
    ),
    'a,"b,c"\r\nx,"say ""y"""\r\n"two\nlines",plain\r\n',
  );
});

test("text that a spreadsheet would run gets an apostrophe, numbers do not", () => {
  assert.equal(
    csv(["n"], [["=1+1"], ["-x"], ["@a"], ["+b"], [-1.5]]),
    "n\r\n'=1+1\r\n'-x\r\n'@a\r\n'+b\r\n-1.5\r\n",
  );
  assert.equal(csv(["n"], [["=a,b"]]), 'n\r\n"\'=a,b"\r\n');
});

test("nothing and what is no number leave a cell empty", () => {
  assert.equal(csv(["a", "b", "c"], [[null, Number.NaN, Number.POSITIVE_INFINITY]]), "a,b,c\r\n,,\r\n");
});
