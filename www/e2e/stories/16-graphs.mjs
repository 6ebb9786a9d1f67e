/** Every view on every kind of graph, against what the package says in Node: the first sample, a hundred thousand nodes, a dropped file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PLAN } from "../engine.mjs";
import { coloursAt, comesTo, count, mapAtRest, placesOnPage, pointAt, setOption, until } from "../look.mjs";
import { tells } from "../watch.mjs";
import { cancelledAt, share } from "./14-compare.mjs";

const percent = (value, digits = 1) => `${(100 * value).toFixed(digits)} %`;
const distance = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 1 ? 2 : 4));
const texts = (rows) =>
  rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent.replace(/\s+/g, " ").trim())),
  );
const range = (n) => [...Array(n).keys()];
const file = (name, data) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(data) });
/** Some of a list, evenly from its start to its end. */
const spread = (list, some) =>
  range(Math.min(some, list.length)).map(
    (i) => list[Math.floor((i * list.length) / Math.min(some, list.length))],
  );

/** How each graph comes onto the page, and the same in Node. */
const GRAPHS = {
  Cora: {
    outputNodes: "all",
    noun: "papers",
    read: ({ sample }) => ({ name: "Cora", data: sample }),
    show: async () => {},
  },
  WordNet: {
    outputNodes: "val",
    noun: "synsets",
    read: () => ({
      name: "WordNet",
      data: new Uint8Array(readFileSync(new URL("../../dist/samples/wordnet.safetensors", import.meta.url))),
    }),
    show: (page) => page.locator('ibmb-data-panel [data-option="sample"] select').selectOption("wordnet"),
  },
  "a dropped file": {
    outputNodes: "all",
    noun: "nodes",
    read: async ({ client }) => {
      const planted = await client.plantedGraph({ numNodes: 1200, numClasses: 4, numFeatures: 60, seed: 5 });
      const data = await planted.save();
      planted.dispose();
      return { name: "planted.safetensors", data };
    },
    show: async (page, { name, data }) => {
      await page.locator("ibmb-data-panel #files").setInputFiles(file(name, data));
      await tells(page, "Opened planted");
    },
  },
};

const tab = (page, name) => page.locator(`ibmb-drawer #tab-${name}`).click();

/** Sets one more thing in the address, as a user does who changes a link by hand. */
const link = (page, entry) =>
  page.evaluate((more) => (location.hash = [location.hash.slice(1), more].filter(Boolean).join("&")), entry);

/** Rings stay on show for the views after them: a map of a hundred thousand nodes takes seconds to draw where there is no graphics card. */
const VIEWS = {
  map: async ({ page, graph, plan, batch, index, nameOf, noun }) => {
    const header = (await page.locator("ibmb-header .what").innerText()).replace(/\s+/g, " ");
    for (const text of [
      `${count(graph.numNodes)} nodes`,
      `${count(graph.numEdges)} edges`,
      `${graph.numClasses} classes`,
    ])
      assert.ok(header.includes(text), `${text} in ${header}`);
    await page
      .locator("#status", {
        hasText: `Batch ${index} predicts ${count(batch.outputNodes.length)} ${noun} ● with ${count(plan.table.numAuxiliary[index])} auxiliary nodes ▲; together they capture ${percent(plan.table.capturedMass[index], 0)}`,
      })
      .waitFor();
    const { positions } = await plan.layout();
    const placeOf = await placesOnPage(page, positions);
    const places = range(graph.numNodes).map(placeOf);
    const inBatch = new Set(batch.nodes);
    // Nodes of the batch stand out, and so they count as nearer to the pointer than they are.
    const nearest = (spot) => {
      let [best, least, next] = [-1, Infinity, Infinity];
      places.forEach(({ x, y }, node) => {
        const far = Math.hypot(x - spot.x, y - spot.y) * (inBatch.has(node) ? 0.55 : 1);
        if (far < least) [best, least, next] = [node, far, least];
        else if (far < next) next = far;
      });
      return { node: best, ahead: next - least };
    };
    const box = await page.locator("ibmb-map canvas").boundingBox();
    let under = 0;
    for (const node of [
      ...spread([...batch.outputNodes], 6),
      ...spread([...batch.nodes], 6),
      ...spread(range(graph.numNodes), 8),
    ]) {
      const spot = places[node];
      // Beside the buttons, and not where two nodes are equally near.
      if (spot.x < box.x || spot.x > box.x + box.width - 50 || spot.y < box.y || spot.y > box.y + box.height)
        continue;
      const { node: near, ahead } = nearest(spot);
      if (ahead < 0.2) continue;
      await pointAt(page, spot, nameOf(near));
      under++;
    }
    assert.ok(under >= 8, `${under} nodes were under the pointer`);
    await page.mouse.move(box.x + 4, box.y + 4);
    await page.locator("ibmb-map .card").waitFor({ state: "detached" });
    // Every output of the batch is drawn, most of them in the colour that the legend has for them.
    const ground = (await coloursAt(page, [{ x: box.x + 2, y: box.y + 2 }]))[0];
    const fill = (
      await page
        .locator("ibmb-map .legend button")
        .first()
        .locator("circle")
        .evaluate((one) => getComputedStyle(one).fill)
    )
      .match(/\d+/g)
      .map(Number);
    const apart = (a, b) => a.reduce((sum, one, i) => sum + Math.abs(one - b[i]), 0);
    const seen = await until(
      () =>
        coloursAt(
          page,
          [...batch.outputNodes].map((node) => places[node]),
        ),
      (colours) => colours.every((colour) => apart(colour, ground) > 20),
      "outputs are drawn",
    );
    const alike = seen.filter((colour) => apart(colour, fill) < 90).length;
    assert.ok(alike > 0.7 * seen.length, `${alike} of ${seen.length} outputs are near ${fill}`);
  },

  why: async ({ page, plan, batch, index, nameOf }) => {
    const at = [...batch.nodes.keys()]
      .filter((i) => !batch.isOutput[i])
      .reduce((best, i) => (batch.scores[i] > batch.scores[best] ? i : best));
    const node = batch.nodes[at];
    await link(page, `node=${node}`);
    await page.locator("ibmb-batch-panel #node", { hasText: nameOf(node) }).waitFor();
    const reasons = await plan.why(index, node);
    const asked = reasons.asked.reduce((sum, one) => sum + one, 0);
    const section = page.locator("ibmb-why section").first();
    await section
      .filter({
        hasText: new RegExp(`${count(asked)} of\\s+${count(batch.outputNodes.length)} outputs selected it`),
      })
      .waitFor();
    const rows = await section.locator(".outputs li").allInnerTexts();
    assert.ok(rows.length > 0);
    rows.forEach((row, i) => {
      for (const text of [
        nameOf(reasons.outputs[i]),
        reasons.scores[i].toFixed(4),
        `rank ${reasons.ranks[i]}`,
      ])
        assert.ok(row.includes(text), `${text} in ${row}`);
    });
    await page.keyboard.press("Escape");
    await page.locator("ibmb-batch-panel #node").waitFor({ state: "detached" });
  },

  rings: async ({ page, plan, batch, index }) => {
    await page.keyboard.press("r");
    const around = await plan.neighbourhood(index, { leftOut: 60 });
    await page
      .locator("#status", {
        hasText: `${count(batch.outputNodes.length)} outputs ● of batch ${index} in the middle, with ${count(batch.nodes.length - batch.outputNodes.length)} auxiliary nodes ▲: together they capture ${percent(around.capturedMass)} of`,
      })
      .waitFor();
    const drawn = [...around.nodes]
      .filter((_, i) => around.scores[i] > 0 || around.hop[i] === 0)
      .slice(0, 600);
    await page.locator("ibmb-rings .mark").first().waitFor();
    assert.deepEqual(
      await page
        .locator("ibmb-rings .mark")
        .evaluateAll((all) => all.map((mark) => Number(mark.dataset.node))),
      drawn,
    );
    // What is under the pointer is the node that is drawn there.
    const first = page.locator(`ibmb-rings #m${drawn[0]}`);
    await first.click({ force: true });
    await page.locator("ibmb-rings .mark[aria-selected=true]").waitFor();
  },

  batches: async ({ page, plan }) => {
    await tab(page, "batches");
    const { numOutputs, numAuxiliary, numEdges, numBoundaryEdges, capturedMass } = plan.table;
    const rows = await texts(page.locator("ibmb-batch-table tbody tr[id]"));
    assert.ok(rows.length >= Math.min(4, plan.numBatches));
    rows.forEach((row, i) =>
      assert.deepEqual(row.slice(0, 6), [
        String(i),
        count(numOutputs[i]),
        count(numAuxiliary[i]),
        count(numEdges[i]),
        count(numBoundaryEdges[i]),
        percent(capturedMass[i]),
      ]),
    );
    await page.locator("ibmb-batch-table", { hasText: `${count(plan.numBatches)} batches` }).waitFor();
  },

  schedule: async ({ page, plan }) => {
    await tab(page, "schedule");
    const { order, distances, tourLength } = await plan.order({ schedule: "order", epochs: 10 });
    await page.locator('ibmb-schedule [data-option="schedule"] select').selectOption("order");
    await page.locator("ibmb-schedule #way", { hasText: distance(tourLength) }).waitFor();
    const n = plan.numBatches;
    assert.deepEqual(
      await page
        .locator("ibmb-schedule #order li")
        .evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, " ").trim())),
      range(n).map((i) => `batch ${order[i]}${distance(distances[order[i] * n + order[(i + 1) % n]])}`),
    );
  },

  "model and run": async ({ page, graph, plan }) => {
    const panel = page.locator("ibmb-model-panel");
    await panel.locator("#train-here").click();
    await setOption(page, "hidden", 16, "ibmb-model-panel");
    await setOption(page, "epochs", 3, "ibmb-model-panel");
    await panel.locator("#train").click();
    await page.locator("ibmb-training-chart #progress", { hasText: /3 epochs.*finished/s }).waitFor();
    const { history, model } = await graph.train({
      hidden: 16,
      epochs: 3,
      featureNormalization: "l2",
      seed: 0,
    });
    assert.deepEqual(
      await texts(page.locator("ibmb-training-chart tbody tr")),
      history.map((e) => [
        String(e.epoch),
        e.loss.toFixed(4),
        e.valLoss.toFixed(4),
        String(Number(e.learningRate.toPrecision(3))),
        percent(e.trainAccuracy),
        percent(e.valAccuracy),
      ]),
    );
    await tab(page, "run");
    await panel.locator("#run:enabled").click();
    await panel.locator("#summary").waitFor();
    const batched = await plan.infer(model);
    const full = await graph.infer(model, { nodes: batched.nodes });
    const [[, split]] = Object.entries(graph.splits);
    const parts = [
      ["test", "test"],
      ["val", "validation"],
      ["train", "training"],
    ].filter(([part]) => batched.accuracy[part] !== undefined);
    const figures = (part) =>
      [batched.accuracy[part], full.accuracy[part], batched.f1[part], full.f1[part]].map((value) =>
        percent(value),
      );
    await page.locator("ibmb-run #quality tbody tr").first().waitFor();
    await comesTo(
      () => texts(page.locator("ibmb-run #quality tbody tr")),
      [
        ...parts.map(([part, words]) => [`${count(split[part].length)} ${words}`, ...figures(part)]),
        ["all labelled nodes", ...figures("all")],
      ],
    );
    const same =
      batched.predictions.filter((one, i) => one === full.predictions[i]).length / batched.predictions.length;
    await panel
      .locator("#summary", {
        hasText: `Agreement with the full graph: ${percent(same)} of ${count(batched.nodes.length)} nodes`,
      })
      .waitFor();
    return { model };
  },

  compare: async ({ page, graph, model }) => {
    await tab(page, "compare");
    await page.locator('ibmb-compare [data-option="share"] select').selectOption("0.01");
    const rows = page.locator("ibmb-compare #numbers tbody tr");
    await cancelledAt(page, 4);
    const [{ test }] = Object.values(graph.splits);
    const outputNodes = share(test, Math.round(test.length / 100));
    for (const row of (await texts(rows)).slice(0, 4)) {
      const [, k] = /^IBMB node-wise, k (\d+)$/.exec(row[0]) ?? [];
      const options =
        k === undefined
          ? { method: "full-graph" }
          : { method: "node-wise", topK: Number(k), alpha: 0.25, eps: 1e-4 };
      assert.ok(k !== undefined || row[0] === "Full graph, exact", row[0]);
      const point = await graph.inferBy(model, { ...options, outputNodes, repeats: 1, warmUps: 0 });
      assert.deepEqual([row[2], row[7]], [percent(point.accuracy.all), count(point.nodesComputed)], row[0]);
    }
  },
};

async function everyView({ open, engine }, { outputNodes, noun, read, show }) {
  const source = await read(engine);
  const graph = await engine.client.openGraph(
    { name: "graph.safetensors", data: source.data },
    { name: source.name },
  );
  const plan = await graph.plan({ ...PLAN, outputNodes });
  const page = await open();
  await show(page, source);
  await page.locator("#status", { hasText: `${noun} ●` }).waitFor({ timeout: 60_000 });
  await mapAtRest(page);
  // The page selects the fourth batch where there are so many.
  const index = plan.numBatches > 3 ? 3 : 0;
  let known = {
    page,
    graph,
    plan,
    noun,
    index,
    batch: await plan.batch(index),
    nameOf: (node) => graph.nodeNames?.[node] ?? `node ${node}`,
  };
  for (const [view, check] of Object.entries(VIEWS)) {
    const started = performance.now();
    try {
      known = { ...known, ...(await check(known)) };
    } catch (error) {
      throw new Error(`${view}: ${error.message}`, { cause: error });
    }
    if (process.env.IBMB_TIMES) console.log(`      ${view} ${Math.round(performance.now() - started)} ms`);
  }
  for (const one of [known.model, plan, graph]) one.dispose();
}

export const stories = Object.fromEntries(
  Object.entries(GRAPHS).map(([name, graph]) => [
    `every view says of ${name} what Node says`,
    (given) => everyView(given, graph),
  ]),
);
