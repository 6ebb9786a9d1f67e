import assert from "node:assert/strict";
import { count, setOption } from "../look.mjs";
import { wasShown, watch } from "../watch.mjs";

const NOW = "ibmb-schedule #now";

const view = (page) => page.locator("ibmb-schedule");
const words = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 1 ? 2 : 4));

/** The sentence of a step, from Node's order. */
function sentence({ order, distances }, visit, n) {
  const batch = order[visit];
  const before =
    visit === 0 ? "" : `, ${words(distances[order[visit - 1] * n + batch])} from batch ${order[visit - 1]}`;
  return `Epoch ${Math.floor(visit / n) + 1} of 10, step ${(visit % n) + 1} of ${count(n)}: batch ${batch}${before}`;
}

const now = async (page) => (await view(page).locator("#now").textContent()).replace(/\s+/g, " ").trim();

export const stories = {
  "schedules play epoch by epoch, and every batch is selected as it is visited": async ({ open, engine }) => {
    const page = await open();
    const n = engine.plan.numBatches;
    await page.locator("ibmb-drawer #tab-schedule").click();
    await view(page).locator("#play").waitFor();
    await view(page).locator("#speed").selectOption("fast");
    await page.evaluate(() => {
      const { view: shown } = document.querySelector("ibmb-explorer").app;
      window.visited = [];
      const set = shown.set.bind(shown);
      shown.set = (values) => {
        if ("batchIndex" in values) window.visited.push(values.batchIndex);
        set(values);
      };
    });
    for (const schedule of ["random", "sample", "order"]) {
      await view(page).locator('[data-option="schedule"] select').selectOption(schedule);
      const want = await engine.plan.order({ schedule, epochs: 10 });
      await view(page).locator("#now", { hasText: "10 epochs are available" }).waitFor();
      await page.evaluate(() => (window.visited = []));
      // The page itself pauses in the second epoch.
      await watch(page, NOW, { words: "Epoch 2 of 10", press: "#play" });
      await view(page).locator("#play").click();
      await wasShown(page, NOW, "Epoch 2 of 10");
      await view(page).locator("#play", { hasText: "Play" }).waitFor();
      const visited = await page.evaluate(() => window.visited);
      assert.ok(visited.length > n);
      assert.deepEqual(visited, [...want.order.subarray(0, visited.length)], schedule);
      const at = visited.length - 1;
      assert.equal(await now(page), sentence(want, at, n));
      await page.locator("#status", { hasText: `Batch ${want.order[at]} predicts` }).waitFor();
      const list = await view(page).locator("#order li").allTextContents();
      const epoch = Math.floor(at / n);
      assert.deepEqual(
        list.map((item) => Number(item.match(/batch (\d)/)[1])),
        [...want.order.subarray(epoch * n, epoch * n + n)],
      );
      assert.equal(await view(page).locator('#order [aria-current="step"]').count(), 1);
      // The box of the latest step, in the row of the batch before and the column of this one.
      const [row, column] = [want.order[at - 1], want.order[at]];
      const edge = await view(page)
        .locator("ibmb-heat-map canvas")
        .evaluate(
          (canvas, [a, b]) => {
            const width = canvas.width / 8;
            return [
              ...canvas
                .getContext("2d")
                .getImageData(Math.round(b * width), Math.round((a + 0.5) * width), 1, 1)
                .data.slice(0, 3),
            ];
          },
          [row, column],
        );
      assert.ok(edge.every((value) => value < 60) || column === 0, `${edge}`);

      await view(page).locator("#step-back").click();
      assert.equal(await now(page), sentence(want, at - 1, n));
      await view(page).locator("#step-on").click();
      await view(page).locator("#step-on").click();
      assert.equal(await now(page), sentence(want, at + 1, n));
      await view(page).locator("#next-epoch").click();
      const next = Math.floor((at + 1) / n) + 1;
      assert.equal(await now(page), sentence(want, next * n, n));
      await view(page).locator("#previous-epoch").click();
      assert.equal(await now(page), sentence(want, (next - 1) * n, n));
    }
  },

  "playing ends at the last step, for another plan, another batch and a closed view": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await page.locator("ibmb-drawer #tab-schedule").click();
    await view(page).locator("#play").waitFor();
    await view(page).locator("#speed").selectOption("fast");
    const playing = () =>
      page.evaluate(() => document.querySelector("ibmb-explorer").app.figures.player.playing);
    for (let epoch = 0; epoch < 9; epoch++) await view(page).locator("#next-epoch").click();
    assert.equal(await view(page).locator("#next-epoch").isDisabled(), true);
    await view(page).locator("#play").click();
    await view(page).locator("#now", { hasText: "Epoch 10 of 10, step 8 of 8" }).waitFor();
    await view(page).locator("#play", { hasText: "Play" }).waitFor();
    assert.equal(await playing(), false);
    assert.equal(await view(page).locator("#step-on").isDisabled(), true);
    await view(page).locator("#speed").selectOption("slow");
    await watch(page, NOW);
    await view(page).locator("#play").click();
    await wasShown(page, NOW, "Epoch 1 of 10, step 1 of 8");
    assert.equal(await playing(), true);
    const { order } = await engine.plan.order({ epochs: 10 });
    await view(page)
      .locator("#order button", { hasText: `batch ${order[5]}` })
      .click();
    await view(page).locator("#play", { hasText: "Play" }).waitFor();
    await view(page).locator("#play").click();
    await page.locator("ibmb-drawer #tab-batches").click();
    await page.waitForFunction(() => !document.querySelector("ibmb-explorer").app.figures.player.playing);
    await page.locator("ibmb-drawer #tab-schedule").click();
    await view(page).locator("#play").click();
    await setOption(page, "topK", 4);
    await page.waitForFunction(() => !document.querySelector("ibmb-explorer").app.figures.player.playing);
    await view(page).locator("#now", { hasText: "10 epochs are available" }).waitFor();
  },

  "where less motion is asked for, the schedule is stepped through": async ({ open, engine }) => {
    const page = await open();
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.locator("ibmb-drawer #tab-schedule").click();
    await view(page).locator("#calm", { hasText: "this machine asks for reduced motion" }).waitFor();
    assert.equal(await view(page).locator("#play").count(), 0);
    const want = await engine.plan.order({ epochs: 10 });
    for (const visit of [0, 1, 2]) {
      await view(page).locator("#step-on").click();
      assert.equal(await now(page), sentence(want, visit, engine.plan.numBatches));
      await page.locator("#status", { hasText: `Batch ${want.order[visit]} predicts` }).waitFor();
    }
  },

  "training tells its pace, what it has learnt so far and what a stop keeps": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-model-panel #train-here").click();
    await setOption(page, "epochs", 5, "ibmb-model-panel");
    // The engine's epochs are held back; three of known times are told instead.
    await page.evaluate(() => {
      const { handle } = document.querySelector("ibmb-explorer").app.graph;
      const train = handle.train.bind(handle);
      handle.train = async (options) => {
        const told = { loss: 1, trainAccuracy: 0.5, valLoss: 1, learningRate: 0.005 };
        [
          [10, 0.5, 1],
          [20, 0.7, 2],
          [30, 0.6, 2],
        ].forEach(([timeMs, valAccuracy, bestEpoch], i) =>
          options.onEpoch({ ...told, epoch: i + 1, timeMs, valAccuracy, bestEpoch }),
        );
        await new Promise((release) => (window.release = release));
        return train({ ...options, onEpoch: () => {} });
      };
    });
    await page.locator("#train").click();
    const pace = page.locator("ibmb-training-chart #pace");
    await pace.waitFor();
    // (10 + 20 + 30) / 3 = 20 ms, two epochs left.
    assert.equal(
      await pace.textContent(),
      "learning rate 0.005 · 20 ms per epoch · about 40 ms left for 2 epochs · best so far: epoch 2 with 70.0 %",
    );
    assert.match(await page.locator("ibmb-training-chart #progress").textContent(), /^3 epochs of 5/);
    assert.equal(
      await page.locator("ibmb-training-chart #stop-here").textContent(),
      "Stop and keep the best weights",
    );
    await page.evaluate(() => window.release());
    await page.locator("ibmb-training-chart #progress", { hasText: "finished" }).waitFor();
    assert.match(await pace.textContent(), /^learning rate 0\.01 · .+ per epoch · .+ in total$/);

    // For real: what the stop kept is the best of what was trained.
    await page.evaluate(() => delete document.querySelector("ibmb-explorer").app.graph.handle.train);
    await page.locator("ibmb-model-panel #train-here").click();
    await setOption(page, "epochs", 100000, "ibmb-model-panel");
    await page.locator("ibmb-model-panel #train").click();
    await page.locator("ibmb-training-chart #pace", { hasText: /best so far: epoch/ }).waitFor();
    await page.locator("ibmb-training-chart #stop-here").click();
    await page.locator("ibmb-training-chart #progress", { hasText: "stopped, best epoch" }).waitFor();
    const { epochs, bestEpoch, source } = await page.evaluate(() => {
      const { training, model } = document.querySelector("ibmb-explorer").app.modelling;
      return { epochs: training.epochs, bestEpoch: training.bestEpoch, source: model.source };
    });
    let best = epochs[0];
    for (const epoch of epochs)
      if (
        epoch.valAccuracy > best.valAccuracy ||
        (epoch.valAccuracy === best.valAccuracy && epoch.valLoss < best.valLoss)
      )
        best = epoch;
    assert.equal(bestEpoch, best.epoch);
    assert.equal(source, `trained here, epoch ${best.epoch}`);
  },
};
