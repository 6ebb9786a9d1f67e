import assert from "node:assert/strict";
import { comesTo, count, setOption, until } from "../look.mjs";

const tab = (page, name) => page.locator(`ibmb-drawer #tab-${name}`).click();
const choose = (page, name, value) =>
  page.locator(`ibmb-schedule [data-option="${name}"] select`).selectOption(value);
const words = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 1 ? 2 : 4));
const planned = (page, plan) => page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();

/** Rows of a table behind a picture, as text. */
const rows = (page, label) =>
  page
    .locator(`.data[aria-label="${label}"] tbody tr`)
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));

/** Waits until the listed order is this one, and compares what is said of it. */
async function listed(page, { order, distances, tourLength }) {
  const n = order.length;
  const next = (i) => distances[order[i] * n + order[(i + 1) % n]];
  const expected = [...order].map((batch, i) => `batch ${batch}${words(next(i))}`);
  const list = page.locator("ibmb-schedule #order li");
  await page
    .waitForFunction((wanted) => {
      const view = document
        .querySelector("ibmb-explorer")
        .shadowRoot.querySelector("ibmb-drawer")
        .shadowRoot.querySelector("ibmb-schedule");
      return (
        [...(view?.shadowRoot.querySelectorAll("#order li") ?? [])]
          .map((item) => item.textContent.trim())
          .join() === wanted
      );
    }, expected.slice(0, 200).join())
    .catch(async () => assert.deepEqual(await list.allTextContents(), expected));
  const total = [...order].reduce((sum, _, i) => sum + next(i), 0);
  if (n > 1)
    await until(
      () => page.locator("ibmb-schedule #way").textContent(),
      (way) => way.startsWith(`${words(tourLength ?? total)} `),
      (way) => `${words(tourLength ?? total)} is expected in ${way}`,
    );
  if (tourLength !== undefined) assert.ok(Math.abs(total - tourLength) <= 1e-9 * total);
}

/** Lightness of a cell of the heat map, off its middle where a ring may be. */
const lightness = (page, row, column) =>
  page.locator("ibmb-schedule ibmb-heat-map canvas").evaluate(
    (canvas, [a, b, n]) => {
      const width = canvas.width / n;
      const [r, g, blue] = canvas
        .getContext("2d")
        .getImageData((b + 0.1) * width, (a + 0.9) * width - 2, 1, 1).data;
      return r + g + blue;
    },
    [row, column, 8],
  );

export const stories = {
  "the schedule shows the order, the tour and the distances that Node computes": async ({ open, engine }) => {
    const page = await open();
    await tab(page, "schedule");
    await listed(page, await engine.plan.order());
    for (const options of [{ schedule: "sample" }, { schedule: "order" }]) {
      await choose(page, "schedule", options.schedule);
      await listed(page, await engine.plan.order(options));
    }
    const kl = await engine.plan.order({ schedule: "order" });
    const table = await rows(page, "Distances of all pairs of batches");
    assert.deepEqual(
      table,
      Array.from({ length: 8 }, (_, a) => [
        String(a),
        ...[...kl.distances.subarray(8 * a, 8 * a + 8)].map(words),
      ]),
    );
    let [least, most] = [1, 1];
    for (let i = 0; i < 64; i++) {
      if (i % 9 === 0) continue;
      if (kl.distances[i] > kl.distances[most]) most = i;
      if (kl.distances[i] < kl.distances[least]) least = i;
    }
    const light = (at) => lightness(page, Math.floor(at / 8), at % 8);
    await until(
      async () => (await light(least)) - (await light(most)),
      (difference) => difference > 100,
      "what is far is darker on a light page",
    );
    await choose(page, "distance", "l1");
    await listed(page, await engine.plan.order({ schedule: "order", distance: "l1" }));
    await choose(page, "schedule", "random");
    await setOption(page, "seed", 5, "ibmb-schedule");
    await listed(page, await engine.plan.order({ seed: 5, distance: "l1" }));
    await page.locator("ibmb-schedule #order button", { hasText: "batch 6" }).click();
    await page.locator("#status", { hasText: "Batch 6 predicts" }).waitFor();
  },

  "the schedule copes with one, two and a thousand batches, and says why there is none": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await tab(page, "schedule");
    await choose(page, "schedule", "order");
    await page.locator('ibmb-plan-panel [data-option="method"] select').selectOption("cluster");
    for (const numBatches of [1, 2, 1000]) {
      await setOption(page, "numBatches", numBatches);
      const plan = await engine.graph.plan({ method: "cluster", numBatches });
      assert.equal(plan.numBatches, numBatches);
      await planned(page, plan);
      await listed(page, await plan.order({ schedule: "order" }));
      if (numBatches === 1)
        assert.match(await page.locator("ibmb-schedule #way").textContent(), /There is only one batch/);
      plan.dispose();
    }
    assert.equal(await page.locator("ibmb-schedule #order li").count(), 200);
    assert.match(await page.locator("ibmb-schedule #order-title").textContent(), /its first 200 batches/);
    await setOption(page, "numBatches", 2000);
    const many = await engine.graph.plan({ method: "cluster", numBatches: 2000 });
    assert.ok(many.numBatches > 1500);
    await page
      .locator("#schedule-lacks", {
        hasText: `${count(many.numBatches)} batches are too many for a comparison of all pairs: their distances would take ${((8 * many.numBatches ** 2) / 1e6).toFixed(1)} MB.`,
      })
      .waitFor();
    many.dispose();
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles({ name: "path.edges", mimeType: "text/plain", buffer: Buffer.from("0 1\n1 2\n") });
    await page.locator("#schedule-lacks", { hasText: /this graph has none\. Add labels\.csv/ }).waitFor();
    await tab(page, "figures");
    await page.locator("#classes", { hasText: "This graph has no labels" }).waitFor();
  },

  "training over a plan follows the schedule": async ({ open }) => {
    const page = await open();
    const field = (name) => page.locator(`ibmb-model-panel [data-option="${name}"]`);
    await page.locator("ibmb-model-panel #train-here").click();
    assert.equal(await field("schedule").count(), 0, "the whole graph has no order of batches");
    await field("over").locator("select").selectOption("plan");
    await field("schedule").locator("select").selectOption("order");
    await setOption(page, "epochs", 3, "ibmb-model-panel");
    await page.evaluate(() => {
      const { handle } = document.querySelector("ibmb-explorer").app.graph;
      const train = handle.train.bind(handle);
      handle.train = (options) => {
        window.asked = options;
        return train(options);
      };
    });
    await page.locator("#train").click();
    await page
      .locator("ibmb-training-chart #progress", { hasText: /3 epochs.*finished, best epoch \d/s })
      .waitFor();
    const asked = await page.evaluate(() => ({
      ...window.asked,
      plan: undefined,
      signal: undefined,
      onEpoch: undefined,
    }));
    assert.equal(asked.schedule, "order");
    assert.equal(asked.epochs, 3);
    assert.ok(!("over" in asked) && !("heads" in asked), "only what counts is sent");
  },

  "figures of the plan are those of Node, each with its table": async ({ open, engine }) => {
    const page = await open();
    await tab(page, "figures");
    const { plan } = engine;
    const check = async (plan) => {
      const { hops, labels, overlap } = {
        hops: await plan.hops(),
        labels: await plan.labelCounts(),
        overlap: await plan.overlap(),
      };
      const { batchIndex } = await page.evaluate(() => ({
        batchIndex: document.querySelector("ibmb-explorer").app.view.batchIndex,
      }));
      const { numClasses } = engine.graph;
      const n = plan.numBatches;
      const steps = [...hops.byHop].map((nodes, hop) => [
        ["outputs", "1 hop"][hop] ?? `${hop} hops`,
        count(nodes),
      ]);
      if (hops.noPath > 0) steps.push(["no path", count(hops.noPath)]);
      await page.locator("#overlap canvas").waitFor();
      await comesTo(() => rows(page, "Nodes by hop"), steps);
      await comesTo(
        async () => (await rows(page, `Classes of batch ${batchIndex}`)).map((row) => row[1]),
        [...labels.subarray(batchIndex * numClasses, (batchIndex + 1) * numClasses)].map(count),
      );
      await comesTo(
        () => rows(page, "Shared nodes of all pairs of batches"),
        Array.from({ length: n }, (_, a) => [
          String(a),
          ...[...overlap.subarray(a * n, a * n + n)].map(count),
        ]),
      );
      const { capturedMass, capturedLeast, numBoundaryEdges, numEdges } = plan.table;
      const share = (value) => `${(value * 100).toFixed(1)} %`;
      await comesTo(
        () => rows(page, "Captured influence by batch"),
        [...capturedMass].map((mass, i) => [String(i), share(mass), share(capturedLeast[i])]),
      );
      await comesTo(
        () => rows(page, "Cut edges by batch"),
        [...numBoundaryEdges].map((edges, i) => [String(i), count(edges), count(numEdges[i])]),
      );
      await page.locator("#copies", { hasText: `${plan.stats.replication.toFixed(2)}×` }).waitFor();
      const own = await page.evaluate(() =>
        Object.keys(document.querySelector("ibmb-explorer").app.plan.handle.stats.msByStage),
      );
      assert.ok(own.length > 0);
      await comesTo(async () => (await rows(page, "Time by stage")).map((row) => row[0]), own);
    };
    await check(plan);
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowDown");
    await page.locator("#classes-title", { hasText: "Classes of batch 4" }).waitFor();
    await check(plan);
    await setOption(page, "topK", 4);
    const other = await engine.graph.plan({ topK: 4 });
    await planned(page, other);
    await check(other);
    other.dispose();
  },

  "many batches are counted by their figures": async ({ open, engine }) => {
    const page = await open();
    await tab(page, "figures");
    await page.locator('ibmb-plan-panel [data-option="method"] select').selectOption("cluster");
    await setOption(page, "numBatches", 1000);
    const plan = await engine.graph.plan({ method: "cluster", numBatches: 1000 });
    await planned(page, plan);
    const bars = page.locator('#boundary svg[aria-label="batches by cut edges"] title');
    const told = await until(
      async () =>
        (await bars.allTextContents()).map((text) =>
          text
            .match(/^([\d,]+) to ([\d,]+): ([\d,]+) batch/)
            .slice(1)
            .map((s) => Number(s.replaceAll(",", ""))),
        ),
      (counted) => counted.reduce((sum, [, , n]) => sum + n, 0) === 1000,
      "every batch is counted once",
    );
    assert.equal(told[0][0], Math.min(...plan.table.numBoundaryEdges));
    assert.equal(told.at(-1)[1], Math.max(...plan.table.numBoundaryEdges));
    assert.ok(
      (await plan.overlap()).every((shared, i) => shared === 0 || i % 1001 === 0),
      "parts have no node in common",
    );
    await page.locator("#overlap", { hasText: "No two batches have a node in common." }).waitFor();
    plan.dispose();

    await page.locator('ibmb-plan-panel [data-option="method"] select').selectOption("random");
    await setOption(page, "outputsPerBatch", 10);
    const small = await engine.graph.plan({ method: "random", outputsPerBatch: 10 });
    await planned(page, small);
    const n = small.numBatches;
    assert.ok(n > 200);
    const shared = await small.overlap();
    const { batchIndex } = await page.evaluate(() => ({
      batchIndex: document.querySelector("ibmb-explorer").app.view.batchIndex,
    }));
    await page.locator("#overlap canvas").waitFor();
    await comesTo(
      () => rows(page, `Nodes shared with batch ${batchIndex}`),
      Array.from({ length: 200 }, (_, b) => [String(b), count(shared[batchIndex * n + b])]),
    );
    small.dispose();
  },
};
