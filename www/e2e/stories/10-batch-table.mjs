import assert from "node:assert/strict";
import { comesTo, count, setOption } from "../look.mjs";
import { tells } from "../watch.mjs";

const table = (page) => page.locator("ibmb-batch-table");
const share = (value) => `${(value * 100).toFixed(1)} %`;
const size = (n) =>
  n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : n >= 1e3 ? `${(n / 1e3).toFixed(0)} kB` : `${n} B`;
const heads = (page) =>
  table(page)
    .locator("thead button")
    .evaluateAll((all) => all.map((one) => one.dataset.column));

/** The cells of the rows in view, by the name of their column. */
async function rows(page) {
  const names = await heads(page);
  const cells = await table(page)
    .locator("tbody tr[id]")
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll("td")].map((cell) => cell.textContent.replace(/\s+/g, " ").trim()),
      ),
    );
  return cells.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

const batches = async (page) => (await rows(page)).map(({ batch }) => Number(batch.replaceAll(",", "")));

async function filtered(page, text) {
  await table(page).locator("#filter").fill(text);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  return batches(page);
}

/** The classes of a batch's outputs, counted one by one. */
async function classesOf(graph, plan, index) {
  const counts = new Array(graph.numClasses).fill(0);
  for (const node of (await plan.batch(index)).outputNodes)
    if (graph.labels[node] >= 0) counts[graph.labels[node]]++;
  const most = Math.max(...counts);
  return { most: counts.indexOf(most), share: most / counts.reduce((sum, n) => sum + n, 0) };
}

export const stories = {
  "the table of batches has every figure, sorts and filters": async ({ open, engine }) => {
    const page = await open();
    const { plan, graph } = engine;
    const all = Array.from({ length: plan.numBatches }, (_, i) => i);
    const overlap = await plan.overlap();
    const classes = await Promise.all(all.map((i) => classesOf(graph, plan, i)));
    await table(page).locator(".classes").first().waitFor();
    const { numOutputs, numAuxiliary, numEdges, numBoundaryEdges, capturedMass, bytes } = plan.table;
    const held = all.map(
      (a) => all.reduce((sum, b) => sum + overlap[a * all.length + b], 0) / overlap[a * all.length + a],
    );
    assert.deepEqual(
      await rows(page),
      all.map((i) => ({
        batch: String(i),
        outputs: count(numOutputs[i]),
        auxiliary: count(numAuxiliary[i]),
        edges: count(numEdges[i]),
        cut: count(numBoundaryEdges[i]),
        captured: share(capturedMass[i]),
        replication: `${held[i].toFixed(2)}×`,
        classes: `${(classes[i].share * 100).toFixed(0)} % ${graph.classNames[classes[i].most].replaceAll("_", " ")}`,
        bytes: size(bytes[i]),
      })),
    );

    const values = {
      outputs: numOutputs,
      auxiliary: numAuxiliary,
      edges: numEdges,
      cut: numBoundaryEdges,
      captured: capturedMass,
      replication: held,
      classes: classes.map((one) => one.share),
      bytes,
    };
    for (const [name, value] of Object.entries(values)) {
      await table(page).locator(`[data-column="${name}"]`).click();
      assert.deepEqual(
        await batches(page),
        all.toSorted((a, b) => value[b] - value[a] || a - b),
        `${name} falling`,
      );
      await table(page).locator(`[data-column="${name}"]`).click();
      assert.deepEqual(
        await batches(page),
        all.toSorted((a, b) => value[a] - value[b] || a - b),
        `${name} rising`,
      );
    }
    await table(page).locator('[data-column="batch"]').click();

    const middle = [...numAuxiliary].sort((a, b) => a - b)[4];
    const masses = [...capturedMass].sort((a, b) => a - b);
    const bound = (((masses[3] + masses[4]) / 2) * 100).toFixed(2);
    const name = graph.classNames[classes[2].most].replaceAll("_", " ");
    for (const [text, keeps] of [
      [`aux > ${middle}`, (i) => numAuxiliary[i] > middle],
      [
        `aux >= ${middle} and captured < ${bound} %`,
        (i) => numAuxiliary[i] >= middle && capturedMass[i] < bound / 100,
      ],
      [`captured > ${bound}`, (i) => capturedMass[i] > bound / 100],
      [`rep<=${held[3].toFixed(2)}1`, (i) => held[i] <= Number(`${held[3].toFixed(2)}1`)],
      ["2..4", (i) => i >= 2 && i <= 4],
      ["5", (i) => i === 5],
      [
        `bytes ${Math.floor(Math.min(...bytes) / 1000)}..${Math.ceil(bytes[3] / 1000)} kB`,
        (i) => bytes[i] <= Math.ceil(bytes[3] / 1000) * 1000,
      ],
      [
        name.slice(0, 6).toUpperCase(),
        (i) =>
          graph.classNames[classes[i].most]
            .replaceAll("_", " ")
            .toLowerCase()
            .includes(name.slice(0, 6).toLowerCase()),
      ],
      ["outputs != 0, batch < 3", (i) => i < 3],
    ]) {
      const want = all.filter(keeps);
      assert.deepEqual(await filtered(page, text), want, text);
      assert.equal(
        await table(page).locator("#shown").textContent(),
        want.length === all.length ? "8 batches" : `${want.length} of 8 batches`,
      );
    }
    for (const [text, problem] of [
      ["c > 3", "“c” matches several columns: write cut, captured, classes. All batches are shown."],
      ["size > 3", /“size” is not a column: write batch, outputs, auxiliary/],
      ["aux > many", /“aux > many” is not a condition/],
      ["aux > 3 %", "“3 %”: auxiliary is a plain number. All batches are shown."],
    ]) {
      assert.deepEqual(await filtered(page, text), all);
      const said = (await table(page).locator("#filter-problem").textContent()).trim();
      if (typeof problem === "string") assert.equal(said, problem);
      else assert.match(said, problem);
    }
    assert.deepEqual(await filtered(page, "no such class"), []);
    await page.locator("ibmb-batch-table table").focus();
    await page.keyboard.press("ArrowDown");

    assert.deepEqual(await filtered(page, "2..5"), [2, 3, 4, 5]);
    await table(page).locator('[data-column="batch"]').click();
    await page.locator("ibmb-batch-table table").focus();
    await page.keyboard.press("Home");
    await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator("#status", { hasText: "Batch 4 predicts" }).waitFor();
    await page.keyboard.press("End");
    await page.locator("#status", { hasText: "Batch 2 predicts" }).waitFor();
  },

  "after a run the table has accuracy, agreement and time": async ({ open, engine }) => {
    const page = await open();
    const { model, path } = await engine.model();
    const { plan, graph } = engine;
    assert.ok(!(await heads(page)).includes("agreement"));
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(page, "Loaded small-gcn.safetensors.");
    await page.locator("ibmb-model-panel #run").click();
    await page.locator("ibmb-model-panel #summary").waitFor();
    const [batched, full] = [await plan.infer(model), await graph.infer(model)];
    const own = new Map([...batched.nodes].map((node, i) => [node, batched.predictions[i]]));
    const shown = await rows(page);
    for (let i = 0; i < plan.numBatches; i++) {
      const { outputNodes } = await plan.batch(i);
      const part = (test) => outputNodes.filter(test).length / outputNodes.length;
      assert.equal(shown[i].agreement, share(part((node) => own.get(node) === full.predictions[node])));
      assert.equal(shown[i].accuracy, share(part((node) => own.get(node) === graph.labels[node])));
      assert.match(shown[i].time, /^(< 0\.1|[\d.]+) m?s$/);
    }
    // A plan without this run has nothing to say of it, and a graph without labels has no classes.
    await setOption(page, "topK", 4);
    await table(page).locator('[data-column="agreement"]').waitFor({ state: "detached" });
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles({ name: "path.edges", mimeType: "text/plain", buffer: Buffer.from("0 1\n1 2\n4 4\n") });
    await page.locator("ibmb-header", { hasText: "5 nodes" }).waitFor();
    await comesTo(
      () => heads(page),
      ["batch", "outputs", "auxiliary", "edges", "cut", "captured", "replication", "bytes"],
    );
    await filtered(page, "theory");
    assert.match(
      await table(page).locator("#filter-problem").textContent(),
      /this graph has no classes to search for/,
    );
    const alone = (await filtered(page, "aux = 0")).length;
    assert.ok(alone > 0, "batches without an auxiliary node are found");
  },

  "sort, filter and what a run is looked at by are in the link, and undone": async ({ open, engine }) => {
    const page = await open();
    const { numAuxiliary } = engine.plan.table;
    await table(page).locator("#filter").fill("2..6");
    // What follows at once counts as the same act.
    await page.waitForTimeout(300);
    await table(page).locator('[data-column="auxiliary"]').click();
    const want = [2, 3, 4, 5, 6].sort((a, b) => numAuxiliary[b] - numAuxiliary[a] || a - b);
    assert.deepEqual(await batches(page), want);
    await page.waitForFunction(
      () => location.hash.includes("rows=2..6") && location.hash.includes("sort=-auxiliary"),
    );
    const address = page.url();
    await page.locator("ibmb-map canvas").focus();
    await page.waitForTimeout(800);
    await page.keyboard.press("z");
    await page.waitForFunction(() => !location.hash.includes("sort="));
    await comesTo(() => batches(page), [2, 3, 4, 5, 6]);
    await page.keyboard.press("Shift+Z");
    await page.waitForFunction(() => location.hash.includes("sort=-auxiliary"));
    await comesTo(() => batches(page), want);

    const other = await open({ hash: `${new URL(address).hash}&part=val&whose=full&tab=run` });
    const { path } = await engine.model();
    await other.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(other, "Loaded small-gcn.safetensors.");
    await other.locator("ibmb-model-panel #run").click();
    await other.locator("ibmb-run #confusion p", { hasText: "500 nodes" }).waitFor();
    assert.equal(await other.locator('ibmb-run [data-option="whose"] select').inputValue(), "full");
    await other.locator("ibmb-drawer #tab-batches").click();
    assert.deepEqual(await batches(other), want);
    assert.equal(await table(other).locator("#filter").inputValue(), "2..6");
  },

  "five thousand batches of sixty classes scroll, sort and filter": async ({ open, engine }) => {
    const page = await open();
    const n = 5000;
    const ring = Array.from({ length: n }, (_, i) => `${i},${(i + 1) % n}\n${i},${(i + 7) % n}`).join("\n");
    const labels = Array.from({ length: n }, (_, i) => `${i},${(i * i) % 60}`).join("\n");
    const folder = engine.write("ring", {
      "edges.csv": `source,target\n${ring}\n`,
      "labels.csv": `node,label\n${labels}\n`,
    });
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles(["edges.csv", "labels.csv"].map((name) => `${folder}/${name}`));
    await page.locator("ibmb-header", { hasText: "5,000 nodes" }).waitFor();
    await setOption(page, "outputsPerBatch", 1);
    await page.locator("#chip-plan", { hasText: "5,000 batches" }).waitFor({ timeout: 60_000 });
    await table(page).locator(".classes").first().waitFor();
    assert.ok(
      (await table(page).locator("tbody tr[id]").count()) < 60,
      "only what is in view is in the document",
    );
    await page.locator("ibmb-batch-table table").focus();
    await page.keyboard.press("End");
    await page.locator("#status", { hasText: "Batch 4999 predicts" }).waitFor();
    await table(page).locator("#row-4999").waitFor();
    const seen = await table(page)
      .locator("#row-4999")
      .evaluate((row) => {
        const box = row.getRootNode().querySelector(".scroll").getBoundingClientRect();
        const { top, bottom } = row.getBoundingClientRect();
        return top >= box.top && bottom <= box.bottom + 1;
      });
    assert.ok(seen, "the selected row is in view");
    const { ms, rows: found } = await page.evaluate(() => {
      const view = document
        .querySelector("ibmb-explorer")
        .shadowRoot.querySelector("ibmb-drawer")
        .shadowRoot.querySelector("ibmb-batch-table");
      const started = performance.now();
      view.app.view.set({ rows: "4000..4099", sort: "classes" });
      return Promise.resolve()
        .then(() => view.updateComplete)
        .then(() => ({
          ms: performance.now() - started,
          rows: view.shadowRoot.querySelector("#shown").textContent,
        }));
    });
    assert.equal(found, "100 of 5,000 batches");
    assert.ok(ms < 1000, `${ms} ms to filter and sort`);
  },
};
