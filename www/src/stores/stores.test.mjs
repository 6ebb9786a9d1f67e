import assert from "node:assert/strict";
import test from "node:test";
import { Question } from "./asking.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

globalThis.SAMPLE_FILES = ["cora.safetensors", "karate.safetensors"];
const { Explorer } = await import("./explorer.ts");
const { readState, showState, unknownKeys } = await import("./view-fields.ts");
const { FRESH_SETUP } = await import("../state/setup.ts");

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a store tells once a turn that it has changed, until nobody listens", async () => {
  class Count extends Store {
    n = 0;
    add() {
      this.n += 1;
      this.changed();
    }
  }
  const store = new Count();
  let told = 0;
  const stop = store.subscribe(() => told++);
  store.add();
  store.add();
  assert.equal(told, 0);
  await turn();
  assert.deepEqual([store.n, told], [2, 1]);
  stop();
  store.add();
  await turn();
  assert.equal(told, 1);
});

test("only the latest run of a work counts, and what comes late is discarded", async () => {
  const work = new Work(() => {});
  const late = [];
  let finish;
  const first = work.run(
    () => new Promise((resolve) => (finish = resolve)),
    (value) => late.push(value),
  );
  const second = work.run(async ({ onProgress }) => {
    onProgress({ stage: "x", done: 1, total: 2 });
    assert.deepEqual(work.progress, { stage: "x", done: 1, total: 2 });
    return "second";
  });
  assert.equal(await second, "second");
  finish("first");
  assert.equal(await first, null);
  assert.deepEqual(late, ["first"]);
  assert.deepEqual([work.running, work.progress], [false, null]);
});

test("a question is asked once while it is about the same", async () => {
  let asked = 0;
  const question = new Question(
    () => {},
    () => {},
  );
  const ask = async () => ++asked;
  const [a, b] = [{}, {}];
  question.about([a], ask);
  await turn();
  assert.deepEqual(question.about([a], ask), { value: 1, problem: null });
  question.about([b], ask);
  await turn();
  assert.equal(asked, 2);
  const fails = question.about([a], async () => {
    throw new Error("no answer");
  });
  await turn();
  assert.deepEqual(fails, { value: null, problem: "no answer" });
});

/** A page with a graph and a plan in which nothing is computed. */
function page() {
  const app = new Explorer(async () => assert.fail("no engine is started"));
  const batch = (index) => ({
    nodes: Uint32Array.of(index, index + 1),
    isOutput: Uint8Array.of(1, 0),
    scores: Float32Array.of(1, 0.5),
  });
  app.data.show({
    handle: {
      name: "karate",
      numNodes: 6,
      numClasses: 2,
      classNames: ["a", "b"],
      labels: Int32Array.of(0, 0, 1, 1, 0, 1),
      positions: null,
      splits: {
        public: { train: Uint32Array.of(0), val: Uint32Array.of(1), test: Uint32Array.of(2) },
        other: {},
      },
      influencers: async () => ({ nodes: new Uint32Array(0), scores: new Float64Array(0) }),
      dispose() {},
    },
    split: "public",
    source: { files: [], sample: "karate" },
    reading: FRESH_SETUP.reading,
  });
  app.planning.show({
    handle: {
      numBatches: 5,
      batchOf: Int32Array.of(0, 1, 2, 3, 4, -1),
      batch: async (index) => batch(index),
      dispose() {},
    },
    settings: FRESH_SETUP.settings,
    hues: new Uint8Array(5),
  });
  app.view.set({ batchIndex: 3 });
  return app;
}

test("a fresh page says nothing but where its graph comes from", () => {
  assert.deepEqual(readState(page()), { graph: "karate" });
});

test("what a state shows is read back as the same state", async () => {
  const app = page();
  const state = {
    batch: "1",
    colour: "class",
    distance: "l1",
    filter: "class:1",
    graph: "karate",
    layout: "force",
    node: "2",
    nodes: "1.2",
    part: "val",
    probabilities: "false",
    rows: "aux > 3",
    share: "1",
    sort: "-aux",
    tab: "run",
    "train.epochs": "12",
    upTo: "3000",
    whose: "full",
  };
  app.force.want = async () => {};
  assert.deepEqual(await showState(app, state, () => true), []);
  assert.deepEqual(readState(app), state);
  assert.deepEqual([...app.view.chosen], [1, 3]);
  assert.deepEqual(await showState(app, { graph: "karate" }, () => true), []);
  assert.deepEqual(readState(app), { graph: "karate" });
});

test("values that cannot be are named, and change nothing", async () => {
  const app = page();
  const wrong = {
    colour: "none",
    batch: "9",
    node: "6",
    nodes: "9",
    filter: "class:7",
    layout: "file",
    "train.epochs": "x",
  };
  const problems = await showState(app, wrong, () => true);
  assert.equal(problems.length, Object.keys(wrong).length, problems.join("\n"));
  assert.deepEqual(readState(app), { graph: "karate" });
  assert.deepEqual(unknownKeys({ colour: "", nonsense: "" }), ["nonsense is not known."]);
});

test("another split is taken once, and settings of another graph can be taken back", () => {
  const app = page();
  assert.equal(app.data.takeSplit("public"), false);
  assert.equal(app.data.takeSplit("other"), true);
  assert.equal(app.graph.split, "other");
  const { settings } = app.planning;
  const back = app.planning.begin({ ...settings, topK: 5 });
  assert.equal(app.planning.settings.topK, 5);
  back();
  assert.equal(app.planning.settings, settings);
});
