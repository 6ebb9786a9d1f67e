import assert from "node:assert/strict";
import { safetensors } from "../../../pkg/tests/planted.mjs";
import { count, mapAtRest, paintedShare, setOption, until } from "../look.mjs";
import { tells } from "../watch.mjs";

const share = (value) => `${(value * 100).toFixed(1)} %`;
const panel = (page) => page.locator("ibmb-model-panel");
const app = (page, read) => page.evaluate(`(${read})(document.querySelector("ibmb-explorer").app)`);
const rows = (page, label) =>
  page
    .locator(`ibmb-run .data[aria-label="${label}"] tbody tr`)
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));

async function load(page, path) {
  await panel(page).locator("#weights").setInputFiles(path);
  await tells(page, "Loaded small-gcn.safetensors.");
}

async function run(page) {
  await panel(page).locator("#run:enabled").click();
  await panel(page).locator("#summary").waitFor();
}

/** Nodes by label and prediction, and what confidence is worth, in plain loops. */
function compared({ nodes, predictions, probabilities, numClasses }, labels, wanted, numBins = 15) {
  const confusion = Array.from({ length: numClasses }, () => new Array(numClasses).fill(0));
  const bins = Array.from({ length: numBins }, () => ({ count: 0, right: 0, sum: 0 }));
  let total = 0;
  nodes.forEach((node, at) => {
    if (labels[node] < 0 || !wanted.has(node)) return;
    total++;
    confusion[labels[node]][predictions[at]]++;
    const confidence = probabilities[at * numClasses + predictions[at]];
    const bin = bins.find((_, i) => confidence <= (i + 1) / numBins) ?? bins.at(-1);
    bin.count++;
    bin.sum += confidence;
    bin.right += Number(labels[node] === predictions[at]);
  });
  const error =
    bins.reduce(
      (sum, { count: n, right, sum: confidence }) => sum + (n === 0 ? 0 : Math.abs(right - confidence)),
      0,
    ) / total;
  return { confusion, bins, error, total };
}

/** A ring of nodes whose features say their class, as a file. */
function ring(numNodes, numClasses, { labels = true, features = true } = {}) {
  const ids = [...Array(numNodes).keys()];
  const edges = BigInt64Array.from([...ids, ...ids.map((node) => (node + 1) % numNodes)], BigInt);
  const x = new Float32Array(numNodes * numClasses);
  ids.forEach((node) => (x[node * numClasses + (node % numClasses)] = 1));
  const mask = (keeps) => Uint8Array.from(ids, (node) => Number(keeps(node)));
  const data = safetensors({
    edge_index: ["I64", [2, numNodes], edges],
    ...(features ? { x: ["F32", [numNodes, numClasses], x] } : {}),
    ...(labels
      ? {
          y: ["I64", [numNodes], BigInt64Array.from(ids, (node) => BigInt(node % numClasses))],
          train_mask: ["BOOL", [numNodes], mask((node) => node % 3 === 0)],
          val_mask: ["BOOL", [numNodes], mask((node) => node % 3 === 1)],
          test_mask: ["BOOL", [numNodes], mask((node) => node % 3 === 2)],
        }
      : {}),
  });
  return {
    name: `ring${numClasses}.safetensors`,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(data),
  };
}

export const stories = {
  "a run tells how good, how sure and how fast it is, as Node computes": async ({ open, engine }) => {
    const page = await open();
    const { model, path } = await engine.model();
    await page.locator("ibmb-drawer #tab-run").click();
    await page.locator("#run-lacks", { hasText: "Run inference in the left panel" }).waitFor();
    await load(page, path);
    await run(page);
    const { plan, graph } = engine;
    const [split] = Object.values(graph.splits);
    const batched = await plan.infer(model, { probabilities: true });
    const full = await graph.infer(model, { probabilities: true });
    await page.locator("ibmb-run #calibration svg").first().waitFor();
    const quality = await page
      .locator("ibmb-run #quality tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
    assert.deepEqual(
      quality,
      [
        ["test", "1,000 test"],
        ["val", "500 validation"],
        ["train", "140 training"],
        ["all", "all labelled nodes"],
      ].map(([part, words]) => [
        words,
        share(batched.accuracy[part]),
        share(full.accuracy[part]),
        share(batched.f1[part]),
        share(full.f1[part]),
      ]),
    );

    const names = graph.classNames.map((name) => name.replaceAll("_", " "));
    for (const [part, whose, out] of [
      ["test", "batched", batched],
      ["all", "batched", batched],
      ["val", "full", full],
    ]) {
      await page.locator('ibmb-run [data-option="part"] select').selectOption(part);
      await page.locator('ibmb-run [data-option="whose"] select').selectOption(whose);
      const want = compared(out, graph.labels, new Set(part === "all" ? out.nodes : split[part]));
      await page
        .locator("ibmb-run #confusion p", { hasText: `${count(want.total)} nodes: label in the row` })
        .waitFor();
      assert.deepEqual(
        await rows(page, "Nodes by label and prediction"),
        want.confusion.map((row, c) => [names[c], ...row.map(count)]),
      );
      const classes = await rows(page, "Classes");
      want.confusion.forEach((row, c) => {
        const predicted = want.confusion.reduce((sum, other) => sum + other[c], 0);
        const labelled = row.reduce((sum, n) => sum + n, 0);
        assert.deepEqual(classes[c].slice(0, 6), [
          names[c],
          count(labelled),
          count(predicted),
          count(row[c]),
          share(row[c] / labelled),
          predicted === 0 ? "–" : share(row[c] / predicted),
        ]);
        const others = row.map((n, other) => (other === c ? -1 : n));
        assert.equal(
          classes[c][6],
          Math.max(...others) <= 0 ? "–" : names[others.indexOf(Math.max(...others))],
        );
      });
      assert.equal(await page.locator("ibmb-run #calibration strong").textContent(), share(want.error));
      const there = want.bins.map((bin, i) => ({ ...bin, i })).filter((bin) => bin.count > 0);
      assert.deepEqual(
        (await rows(page, "Nodes by confidence")).map((row) => row.slice(1)),
        there.map((bin) => [count(bin.count), share(bin.sum / bin.count), share(bin.right / bin.count)]),
      );
      const bars = page.locator("ibmb-run .diagram rect");
      assert.equal(await bars.count(), there.length);
      assert.deepEqual(
        await bars.evaluateAll((all) => all.map((one) => Number(one.getAttribute("height")).toFixed(3))),
        there.map((bin) => ((100 * bin.right) / bin.count).toFixed(3)),
      );
    }
    const stages = (await rows(page, "Time by stage")).map(([stage]) => stage);
    assert.ok(stages.includes("inference") && stages.includes("gathering"), `${stages}`);
    const memory = Object.fromEntries(
      (await rows(page, "Memory in bytes")).map(([what, bytes]) => [what, Number(bytes.replaceAll(",", ""))]),
    );
    assert.equal(memory.plan, plan.stats.bytes);
    assert.ok(memory.batches > batched.logits.byteLength && memory["all WebAssembly"] > 2 ** 20);
    assert.equal(memory["all WebAssembly"] % 65536, 0, "wasm memory comes in pages");

    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    const node = await app(page, (explorer) => explorer.view.node);
    const at = batched.nodes.indexOf(node);
    const confidence = batched.probabilities[at * batched.numClasses + batched.predictions[at]];
    assert.equal(await page.locator("ibmb-batch-panel #probability").textContent(), share(confidence));
  },

  "batches light up one after another as their predictions come": async ({ open, engine }) => {
    const page = await open();
    const { model, path } = await engine.model();
    await load(page, path);
    // The run is held after its fourth batch.
    await page.evaluate(() => {
      const { app } = document.querySelector("ibmb-explorer");
      const { handle } = app.plan;
      const infer = handle.infer.bind(handle);
      window.seen = [];
      app.modelling.subscribe(() => {
        const { arrivals } = app.modelling;
        if (arrivals !== null && window.seen.at(-1) !== arrivals.numLit) window.seen.push(arrivals.numLit);
      });
      handle.infer = async (of, options) => {
        const told = [];
        const out = await infer(of, { ...options, onBatch: (batch) => told.push(batch) });
        if (options.onBatch === undefined) return out;
        // One after another: on a busy machine those that have waited for long are shown together.
        for (const [i, batch] of told.entries()) {
          if (i === 4) await new Promise((release) => (window.release = release));
          options.onBatch(batch);
          while (app.modelling.arrivals.numLit <= i) await new Promise((done) => setTimeout(done));
        }
        return out;
      };
    });
    await mapAtRest(page);
    const before = await paintedShare(page);
    await panel(page).locator("#run").click();
    const arrived = panel(page).locator("#arrived");
    await arrived.filter({ hasText: "4 of 8 batches" }).waitFor();
    await until(
      () => paintedShare(page),
      (half) => half.colours !== before.colours,
      "the map shows how far the run is",
    );
    const state = await app(page, (explorer) => ({
      lit: [...explorer.modelling.arrivals.lit],
      predictions: [...explorer.modelling.arrivals.predictions],
    }));
    assert.deepEqual(state.lit, [1, 1, 1, 1, 0, 0, 0, 0]);
    const { predictions } = await engine.plan.infer(model);
    const { batchOf } = engine.plan;
    assert.deepEqual(
      state.predictions,
      [...predictions].map((prediction, nodeId) => (batchOf[nodeId] < 4 ? prediction : -1)),
      "all nodes are outputs, so that rows are nodes",
    );
    const labelled = state.predictions.filter((prediction) => prediction >= 0).length;
    const right = state.predictions.filter(
      (prediction, nodeId) => prediction === engine.graph.labels[nodeId],
    ).length;
    assert.equal(
      await arrived.textContent(),
      `4 of 8 batches · accuracy ${share(right / labelled)} on ${count(labelled)} labelled nodes`,
    );
    await page.evaluate(() => window.release());
    await panel(page).locator("#summary").waitFor();
    await arrived.waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => window.seen), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  },

  "more workers change the time and nothing else": async ({ open, engine }) => {
    const page = await open();
    const { model, path } = await engine.model();
    await load(page, path);
    await panel(page).locator("#how summary").click();
    const before = await page.locator("#chip-plan").getAttribute("data-digest");
    await setOption(page, "workers", 3, "ibmb-model-panel");
    await run(page);
    assert.equal(await app(page, (explorer) => explorer.running.client.workers), 3);
    const out = await engine.plan.infer(model);
    assert.equal(await app(page, (explorer) => explorer.modelling.run.batched.digest), out.digest);
    assert.ok("distributing" in (await app(page, (explorer) => explorer.modelling.run.firstMs)));
    assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), before);
    for (const wrong of [0, 65, 1.5]) {
      await setOption(page, "workers", wrong, "ibmb-model-panel");
      assert.equal(
        await panel(page).locator('[data-option="workers"] .problem').textContent(),
        "workers must be a whole number from 1 to 64.",
      );
    }
    await setOption(page, "workers", 1, "ibmb-model-panel");
    await panel(page).locator('[data-option="probabilities"] input').uncheck();
    await run(page);
    await page.waitForFunction((digest) => {
      const { run: last } = document.querySelector("ibmb-explorer").app.modelling;
      return last.workers === 1 && last.batched.digest === digest && last.batched.probabilities === undefined;
    }, out.digest);
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("ibmb-batch-panel #node").waitFor();
    assert.equal(await page.locator("ibmb-batch-panel #probability").count(), 0);
  },

  "a run over five thousand batches stays at hand": async ({ open, engine }) => {
    const page = await open();
    const file = ring(5000, 4);
    await page.locator("ibmb-data-panel #files").setInputFiles(file);
    await page.locator("ibmb-header", { hasText: "5,000 nodes" }).waitFor();
    await panel(page)
      .locator("#training")
      .evaluate((details) => (details.open = true));
    await setOption(page, "epochs", 2, "ibmb-model-panel");
    await panel(page).locator("#train").click();
    await page.locator("ibmb-training-chart #progress", { hasText: "finished" }).waitFor();
    await page.locator("ibmb-drawer #tab-batches").click();
    await setOption(page, "outputsPerBatch", 1);
    await page.locator("#chip-plan", { hasText: "5,000 batches" }).waitFor({ timeout: 60_000 });
    await run(page);
    await panel(page).locator("#arrived").waitFor({ state: "detached" });
    const graph = await engine.client.openGraph({ name: file.name, data: new Uint8Array(file.buffer) });
    const { model } = await graph.train({ epochs: 2 });
    const plan = await graph.plan({ outputsPerBatch: 1 });
    const [batched, full] = [await plan.infer(model), await graph.infer(model)];
    assert.equal(await app(page, (explorer) => explorer.modelling.run.batched.digest), batched.digest);
    const differ = plan.batchOf
      .filter((_, node) => batched.predictions[node] !== full.predictions[node])
      .sort();
    const table = page.locator("ibmb-batch-table");
    await table.locator("#filter").fill("agreement < 50 %");
    await table
      .locator("#shown", {
        hasText: differ.length === 5000 ? "5,000 batches" : `${count(differ.length)} of 5,000 batches`,
      })
      .waitFor();
    await table.locator("#filter").fill("agrees = 100 %");
    await table
      .locator("#shown", {
        hasText: differ.length === 0 ? "5,000 batches" : `${count(5000 - differ.length)} of 5,000 batches`,
      })
      .waitFor();
    for (const one of [plan, model, graph]) one.dispose();
  },

  "two classes, sixty classes, no labels, no features and one batch": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-drawer #tab-run").click();
    for (const numClasses of [2, 60]) {
      const file = ring(600, numClasses);
      await page.locator("ibmb-data-panel #files").setInputFiles(file);
      await page.locator("ibmb-header", { hasText: `600 edges · ${numClasses} classes` }).waitFor();
      await panel(page)
        .locator("#training")
        .evaluate((details) => (details.open = true));
      await setOption(page, "epochs", 4, "ibmb-model-panel");
      await panel(page).locator("#train").click();
      await page.locator("ibmb-training-chart #progress", { hasText: "finished" }).waitFor();
      await page.locator("ibmb-drawer #tab-run").click();
      await setOption(page, "outputsPerBatch", numClasses === 2 ? 600 : 60);
      await page
        .locator("#chip-plan", { hasText: numClasses === 2 ? /^1 batch$/ : /^10 batches$/ })
        .waitFor();
      await run(page);
      await page.locator("ibmb-run #confusion canvas").waitFor();
      const { confusion, predictions } = await page.evaluate(async () => {
        const { graph, modelling } = document.querySelector("ibmb-explorer").app;
        const { confusion: found } = await graph.handle.evaluate(modelling.run.batched, { part: "test" });
        return { confusion: [...found], predictions: [...modelling.run.batched.predictions] };
      });
      const want = new Array(numClasses ** 2).fill(0);
      predictions.forEach(
        (prediction, node) => node % 3 === 2 && want[(node % numClasses) * numClasses + prediction]++,
      );
      assert.deepEqual(confusion, want);
      if (numClasses === 60) {
        const mistakes = (
          await rows(page, "Pairs of label and prediction, the most frequent mistakes first")
        ).map((row) => Number(row[2]));
        assert.deepEqual(
          mistakes,
          want
            .filter((n, i) => n > 0 && i % 61 !== 0)
            .sort((a, b) => b - a)
            .slice(0, 200),
        );
      }
      assert.equal(await page.locator("ibmb-run").evaluate((view) => view.scrollWidth - view.clientWidth), 0);
    }
    const weights = await app(page, (explorer) =>
      explorer.modelling.model.handle.save().then((bytes) => [...bytes]),
    );
    await page.locator("ibmb-data-panel #files").setInputFiles(ring(120, 60, { labels: false }));
    await page.locator("ibmb-header", { hasText: "120 nodes" }).waitFor();
    await panel(page)
      .locator("#weights")
      .setInputFiles({
        name: "sixty.safetensors",
        mimeType: "application/octet-stream",
        buffer: Buffer.from(weights),
      });
    await tells(page, "Loaded sixty.safetensors.");
    await run(page);
    await page
      .locator("ibmb-run #evaluation-lacks", { hasText: "These nodes have no labels, so accuracy" })
      .waitFor();
    assert.equal(await page.locator("ibmb-run #confusion").count(), 0);
    await page.locator("ibmb-data-panel #files").setInputFiles(ring(90, 3, { features: false }));
    await page.locator("#run-lacks", { hasText: "this graph has none. Add features.npy" }).waitFor();
  },
};
