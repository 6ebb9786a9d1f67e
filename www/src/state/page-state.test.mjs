import assert from "node:assert/strict";
import test from "node:test";
import { changedKeys, decodeState, encodeState, sameState, tooLong } from "./page-state.ts";

// Vite puts the samples in that are there.
globalThis.SAMPLE_FILES = ["cora.safetensors", "karate.safetensors", "wordnet.safetensors"];
const { plantedKey, plantedOf, plantedProblem } = await import("./planted.ts");
const { filtersText, idsOf, idsText } = await import("./selection-text.ts");
const { addressOf, filesOf, FRESH_SETUP, originOf, setupOf } = await import("./setup.ts");

test("a state comes back from an address as it was", () => {
  const state = {
    graph: "https://a.b/c?d=e&f",
    rows: "aux > 300, captured < 90 %",
    filter: "class:0.3",
    ä: "#",
  };
  assert.deepEqual(decodeState(`#${encodeState(state)}`), state);
  assert.deepEqual(decodeState(""), {});
  assert.equal(encodeState({ alpha: "0.5", topK: "8" }), "alpha=0.5&topK=8");
});

test("what is too long for an address is left out and can be named", () => {
  const long = { nodes: "1.".repeat(3001), alpha: "0.5" };
  assert.deepEqual(tooLong(long), ["nodes"]);
  assert.equal(encodeState(long), "alpha=0.5");
});

test("states differ by keys", () => {
  assert.deepEqual(changedKeys({ a: "1", b: "2" }, { b: "3", c: "4" }), ["a", "b", "c"]);
  assert.ok(sameState({ a: "1" }, { a: "1" }));
});

test("an empty state is a fresh page", () => {
  assert.deepEqual(setupOf({}), { setup: FRESH_SETUP, problems: [] });
});

test("values of a state become settings, and wrong ones leave the default", () => {
  const { setup, problems } = setupOf({ graph: "karate", alpha: "0.5", topK: "8", split: "public" });
  assert.deepEqual(problems, []);
  assert.deepEqual([setup.settings.alpha, setup.settings.topK, setup.split], [0.5, 8, "public"]);
  const wrong = setupOf({ alpha: "2", method: "none", graph: "nowhere" });
  assert.equal(wrong.setup.settings.alpha, FRESH_SETUP.settings.alpha);
  assert.equal(wrong.setup.settings.method, FRESH_SETUP.settings.method);
  assert.equal(wrong.problems.length, 3);
  for (const [i, word] of ["nowhere", "method", "alpha"].entries())
    assert.match(wrong.problems[i], new RegExp(word));
});

test("a large sample begins with fewer outputs, unless its link says otherwise", () => {
  assert.equal(setupOf({ graph: "wordnet" }).setup.settings.outputNodes, "val");
  assert.equal(setupOf({ graph: "wordnet", outputNodes: "test" }).setup.settings.outputNodes, "test");
  assert.equal(setupOf({ graph: "file:wordnet" }).setup.settings.outputNodes, "all");
});

test("a graph is named by its sample, its address or its files", () => {
  const handle = { name: "mine" };
  assert.equal(originOf({ handle, source: { files: [], sample: "cora" } }), "");
  assert.equal(originOf({ handle, source: { files: [], sample: "karate" } }), "karate");
  assert.equal(originOf({ handle, source: { files: [], address: "https://a.b/c" } }), "https://a.b/c");
  const files = { graph: originOf({ handle, source: { files: [] } }) };
  assert.equal(filesOf(files), "mine");
  assert.equal(addressOf(files), null);
  assert.equal(addressOf({ graph: "HTTPS://a.b" }), "HTTPS://a.b");
});

test("selected nodes are the steps between ascending ids", () => {
  assert.equal(idsText(Uint32Array.of(3, 10, 11, 47)), "3.7.1.10");
  assert.deepEqual([...idsOf("3.7.1.10", 48)], [3, 10, 11, 47]);
  assert.deepEqual([...idsOf("", 5)], []);
  for (const text of ["3.7.1.10", "x!", "1.0", ".", "-1"]) assert.equal(idsOf(text, 47), null, text);
  assert.equal(filtersText({ class: [0, 3], split: [1] }), "class:0.3_split:1");
});

test("a planted graph is named by its seven numbers", () => {
  const planted = {
    numNodes: 1000,
    numDraws: 4000,
    numClasses: 4,
    homophily: 0.8,
    seed: 1,
    numFeatures: 100,
    featureSignal: 0.2,
  };
  assert.equal(plantedKey(planted), "planted:1000,4000,4,0.8,1,100,0.2");
  assert.deepEqual(plantedOf("planted:1000,4000,4,0.8,1,100,0.2"), planted);
  for (const key of [
    "",
    "planted:",
    "planted:1000,4000,3,0.8,1,100,0.2",
    "planted:1000,4000,4,1.8,1,100,0.2",
    "planted:1000,4000,4,0.80,1,100,0.2",
    "planted:1000,4000,4,0.8,1,3,0.2",
  ])
    assert.equal(plantedOf(key), null, key);
  assert.equal(plantedProblem({ ...planted, numNodes: 1001 }).name, "numNodes");
  assert.equal(plantedProblem({ ...planted, numFeatures: 3 }).name, "numFeatures");
});
