/** Plans, inference, training, layouts and files are to the bit those that were recorded before the crate was rearranged. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { createClient } from "ibmb";
import { golden } from "./golden.mjs";

test("everything that is computed or written has the fingerprints of before", async () => {
  const sample = readFileSync(new URL("../../www/public/samples/cora.safetensors", import.meta.url));
  const expected = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8"));
  assert.ok(Object.keys(expected).length > 80);
  assert.deepEqual(await golden(createClient, new Uint8Array(sample)), expected);
});
