import assert from "node:assert/strict";
import test from "node:test";
import { brightNodes, categoriesOf, countBy, NO_PART, partsOf, toggled } from "./categories.ts";
import { search } from "./search.ts";
import { filtersOf } from "./selection-text.ts";

/** Six nodes in two batches; the last one is in no batch and has no label. */
function page(more = {}) {
  const handle = {
    numNodes: 6,
    numClasses: 2,
    classNames: ["Neural_Networks", "Theory"],
    labels: Int32Array.of(0, 0, 1, 1, 0, -1),
    nodeNames: ["ann", "bob", "annabel", "joann", "eve", "5"],
    splits: {
      public: { train: Uint32Array.of(0), val: Uint32Array.of(1, 2), test: Uint32Array.of(3) },
    },
  };
  return {
    graph: { handle, split: "public" },
    plan: {
      handle: { numBatches: 2, batchOf: Int32Array.of(0, 0, 0, 1, 1, -1) },
      hues: Uint8Array.of(0, 4),
    },
    view: {
      batch: { nodes: Uint32Array.of(0, 1, 2, 4), isOutput: Uint8Array.of(1, 1, 1, 0) },
      filters: {},
      ...more,
    },
    modelling: { run: { predictions: Int32Array.of(0, 1, 1, 1, 0, -1) } },
  };
}
const groups = (kind) => {
  const categories = categoriesOf(page(), kind);
  return [0, 1, 2, 3, 4, 5].map((node) => categories.of(node));
};

test("nodes fall into the groups of every kind", () => {
  assert.deepEqual(groups("batch"), [0, 0, 0, 1, 1, -1]);
  assert.deepEqual(groups("class"), [0, 0, 1, 1, 0, -1]);
  assert.deepEqual(groups("prediction"), [0, 1, 1, 1, 0, -1]);
  // Right, wrong, and neither where prediction or label is missing.
  assert.deepEqual(groups("right"), [0, 1, 0, 0, 0, -1]);
  assert.deepEqual(groups("split"), [0, 1, 1, 2, NO_PART, NO_PART]);
  // Outputs, auxiliary nodes, others.
  assert.deepEqual(groups("role"), [0, 0, 0, 2, 1, 2]);
  assert.equal(categoriesOf(page(), "class").label(0), "Neural Networks");
  assert.deepEqual([...partsOf(page().graph)], [0, 1, 1, 2, 3, 3]);
});

test("kinds that the page has nothing of have no groups", () => {
  const bare = page({ batch: null });
  bare.modelling.run = null;
  bare.graph.handle.labels = null;
  bare.graph.split = null;
  for (const kind of ["role", "class", "prediction", "right", "split"])
    assert.equal(categoriesOf(bare, kind), null, kind);
  assert.equal(categoriesOf({ ...bare, plan: null }, "batch"), null);
});

test("filters keep the nodes that are in a group of every kind", () => {
  assert.equal(brightNodes(page()), null);
  assert.deepEqual([...brightNodes(page({ filters: { class: [0] } }))], [1, 1, 0, 0, 1, 0]);
  assert.deepEqual([...brightNodes(page({ filters: { class: [0], batch: [0] } }))], [1, 1, 0, 0, 0, 0]);
  assert.deepEqual([...brightNodes(page({ filters: { split: [1, 2] } }))], [0, 1, 1, 1, 0, 0]);
});

test("a group is switched on and off", () => {
  const one = toggled({}, "class", 1);
  assert.deepEqual(one, { class: [1] });
  assert.deepEqual(toggled(one, "class", 0), { class: [0, 1] });
  assert.deepEqual(toggled(one, "class", 1), {});
});

test("filters come from texts that name groups of this page", () => {
  assert.deepEqual(filtersOf("class:1_split:0.2", page()), { value: { class: [1], split: [0, 2] } });
  assert.deepEqual(filtersOf("", page()), { value: {} });
  for (const text of ["class:2", "colour:1", "class:", "class:1.x"])
    assert.ok("problem" in filtersOf(text, page()), text);
});

test("nodes are counted by group, most first", () => {
  const categories = categoriesOf(page(), "class");
  assert.deepEqual(countBy(categories, Uint32Array.of(0, 2, 3, 5)), [
    [1, 2],
    [0, 1],
  ]);
});

test("a search finds ids first, then classes, names that begin so, names that hold it", () => {
  const { graph } = page();
  assert.deepEqual(search(graph, "ann", 9), [
    { kind: "node", node: 0 },
    { kind: "node", node: 2 },
    { kind: "node", node: 3 },
  ]);
  assert.deepEqual(search(graph, "neural net", 9), [{ kind: "class", group: 0 }]);
  assert.deepEqual(search(graph, "node 4", 9), [{ kind: "node", node: 4 }]);
  assert.deepEqual(search(graph, "5", 9), [{ kind: "node", node: 5 }]);
  assert.equal(search(graph, "ann", 2).length, 2);
  assert.deepEqual(search(graph, "  ", 9), []);
});
