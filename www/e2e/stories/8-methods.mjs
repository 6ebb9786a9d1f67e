import assert from "node:assert/strict";
import { count, findOnMap, setOption, status } from "../look.mjs";
import { tells } from "../watch.mjs";

const digest = (page) => page.locator("#chip-plan").getAttribute("data-digest");
const field = (page, name) => page.locator(`ibmb-plan-panel [data-option="${name}"]`);
const choose = (page, name, value) => field(page, name).locator("select").selectOption(value);
const more = (page) => page.locator("ibmb-plan-panel summary").click();
const controls = (page) =>
  page.locator("ibmb-plan-panel [data-option]").evaluateAll((all) => all.map((one) => one.dataset.option));

/** Waits until the page shows Node's plan of the same options, and compares what it says of it. */
async function shows(page, engine, options, those = "auxiliary nodes") {
  const plan = await engine.graph.plan(options);
  await page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
  const { numOutputs, numAuxiliary, numEdges } = plan.table;
  const { batchIndex } = await page.evaluate(() => ({
    batchIndex: document.querySelector("ibmb-explorer").app.view.batchIndex,
  }));
  const said = await status(page);
  const aux = numAuxiliary[batchIndex];
  assert.ok(
    said.startsWith(`Batch ${batchIndex} predicts ${count(numOutputs[batchIndex])} papers ● with`),
    said,
  );
  if (aux > 0)
    assert.ok(said.includes(` with ${count(aux)} ${aux === 1 ? those.replace(/s\b/, "") : those} ▲; `), said);
  const cells = await page
    .locator("ibmb-batch-table tbody tr[role], ibmb-batch-table tbody tr[id]")
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll("td")].slice(0, 4).map((cell) => cell.textContent.trim())),
    );
  assert.ok(cells.length > 0);
  for (const [batch, outputs, auxiliary, edges] of cells) {
    const i = Number(batch);
    assert.deepEqual(
      [outputs, auxiliary, edges],
      [numOutputs[i], numAuxiliary[i], numEdges[i]].map(count),
      `batch ${batch}`,
    );
  }
  assert.equal(
    await page.locator("#plan-result strong").textContent(),
    `${(plan.stats.capturedMass * 100).toFixed(1)} %`,
  );
  return plan;
}

export const stories = {
  "batch-wise is what Node plans, and keeps what both methods have": async ({ open, engine }) => {
    const page = await open();
    await setOption(page, "alpha", 0.2);
    await choose(page, "method", "batch-wise");
    const own = await controls(page);
    for (const name of ["numBatches", "alpha", "eps", "expandRatio", "direction", "balance", "seed"])
      assert.ok(own.includes(name), `${name} in ${own}`);
    for (const name of ["topK", "outputsPerBatch", "evenOut", "heatTime"])
      assert.ok(!own.includes(name), `${name} not in ${own}`);
    assert.match(
      await field(page, "method").locator("#meaning").textContent(),
      /topic-sensitive PageRank.*section 3/,
    );
    const options = { method: "batch-wise", alpha: 0.2 };
    (await shows(page, engine, options)).dispose();
    assert.equal(await page.locator("#chip-plan").textContent(), "8 batches");

    await setOption(page, "numBatches", 12);
    const twelve = await shows(page, engine, { ...options, numBatches: 12 });
    assert.equal(await page.locator("#chip-plan").textContent(), "12 batches");
    await more(page);
    await choose(page, "direction", "reference");
    const towards = await shows(page, engine, { ...options, numBatches: 12, direction: "reference" });
    assert.notEqual(towards.stats.digest, twelve.stats.digest);
    assert.match(await page.locator("ibmb-plan-panel summary").textContent(), /1 changed/);
    await choose(page, "balance", "outputs");
    await setOption(page, "expandRatio", 0.5);
    (
      await shows(page, engine, {
        ...options,
        numBatches: 12,
        direction: "reference",
        balance: "outputs",
        expandRatio: 0.5,
      })
    ).dispose();
    for (const plan of [twelve, towards]) plan.dispose();

    await choose(page, "method", "node-wise");
    (await shows(page, engine, { alpha: 0.2 })).dispose();
    await choose(page, "method", "hybrid");
    (
      await shows(page, engine, { method: "hybrid", alpha: 0.2, numBatches: 12, balance: "outputs" })
    ).dispose();
  },

  "where outputs are taken together, a node is there for the whole batch": async ({ open, engine }) => {
    const page = await open();
    await choose(page, "method", "batch-wise");
    const plan = await shows(page, engine, { method: "batch-wise" });
    const batch = await plan.batch(3);
    const ranked = Math.max(...batch.rank);
    assert.ok(ranked > 3);
    const place = await findOnMap(page, /auxiliary in batch 3/);
    assert.ok(place, "an auxiliary node is on the map");
    const card = await page.locator("ibmb-map .card").innerText();
    assert.match(card, /selected for the whole batch/);
    assert.match(card, new RegExp(`\\d+ of ${ranked}`));
    await page.mouse.click(place.x, place.y);
    const panel = page.locator("ibmb-batch-panel");
    await panel.locator("#node").waitFor();
    const words = (await panel.locator("section").allInnerTexts()).join("\n");
    assert.match(words, /Auxiliary node of batch 3, selected for the whole batch:/);
    assert.match(words, new RegExp(`rank\\s+\\d+ of ${ranked}`));
    assert.doesNotMatch(words + card, /4294967295|4,294,967,295|selected by/);
    plan.dispose();

    await choose(page, "outputNodes", "test");
    await choose(page, "method", "cluster");
    (
      await shows(page, engine, { method: "cluster", outputNodes: "test" }, "other nodes of its part")
    ).dispose();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await panel.locator("dd", { hasText: "not ranked (whole part)" }).waitFor();
  },

  "another seed gives other random batches, the same seed the same": async ({ open, engine }) => {
    const page = await open();
    await choose(page, "method", "random");
    const first = await shows(page, engine, { method: "random" });
    await more(page);
    await setOption(page, "seed", 7);
    const other = await shows(page, engine, { method: "random", seed: 7 });
    assert.notEqual(first.stats.digest, other.stats.digest);
    await field(page, "evenOut").locator("input").check();
    await setOption(page, "outputsPerBatch", 300);
    (await shows(page, engine, { method: "random", seed: 7, evenOut: true, outputsPerBatch: 300 })).dispose();
    await page.locator("ibmb-plan-panel button", { hasText: "defaults" }).click();
    await page.locator(`#chip-plan[data-digest="${engine.plan.stats.digest}"]`).waitFor();
    for (const plan of [first, other]) plan.dispose();
  },

  "what is being typed stays when a plan comes that has another value for it": async ({ open, engine }) => {
    const page = await open();
    await page.evaluate(() => {
      const { handle } = document.querySelector("ibmb-explorer").app.graph;
      const plan = handle.plan.bind(handle);
      handle.plan = async (...given) => {
        handle.plan = plan;
        await new Promise((letGo) => (window.letGo = letGo));
        return plan(...given);
      };
    });
    await choose(page, "method", "random");
    await page.waitForFunction(() => window.letGo !== undefined);
    const input = field(page, "outputsPerBatch").locator("input[type=number]");
    await input.fill("10");
    await page.evaluate(() => window.letGo());
    const first = await engine.graph.plan({ method: "random" });
    await page.locator(`#chip-plan[data-digest="${first.stats.digest}"]`).waitFor();
    assert.equal(await input.inputValue(), "10");
    await input.blur();
    (await shows(page, engine, { method: "random", outputsPerBatch: 10 })).dispose();
    first.dispose();
  },

  "the heat kernel has its own time, and a batch may be bounded by its nodes": async ({ open, engine }) => {
    const page = await open();
    await choose(page, "measure", "heat-kernel");
    (await shows(page, engine, { measure: "heat-kernel" })).dispose();
    assert.ok(!(await controls(page)).some((name) => ["alpha", "queue", "direction"].includes(name)));
    await setOption(page, "heatTime", 3);
    (await shows(page, engine, { measure: "heat-kernel", heatTime: 3 })).dispose();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page
      .locator("ibmb-why", { hasText: "by personalised PageRank, alpha 0.25; the plan uses the heat kernel" })
      .waitFor();
    await more(page);
    await setOption(page, "nodesPerBatch", 700);
    (await shows(page, engine, { measure: "heat-kernel", heatTime: 3, nodesPerBatch: 700 })).dispose();
    assert.equal(
      await field(page, "outputsPerBatch").locator("input[type=number]").inputValue(),
      "",
      "the other bound is off",
    );
    await setOption(page, "nodesPerBatch", "");
    (await shows(page, engine, { measure: "heat-kernel", heatTime: 3 })).dispose();
  },

  "a number of batches out of range is named, by the field and by the package": async ({ open, engine }) => {
    const page = await open();
    await choose(page, "method", "cluster");
    const plan = await shows(page, engine, { method: "cluster" }, "other nodes of its part");
    const problem = field(page, "numBatches").locator(".problem");
    for (const wrong of [0, 2.5, 2709]) {
      await setOption(page, "numBatches", wrong);
      await problem.waitFor();
      assert.equal(await problem.textContent(), "numBatches must be a whole number from 1 to 2,708.");
    }
    await page.waitForTimeout(400);
    assert.equal(await digest(page), plan.stats.digest);
    await setOption(page, "numBatches", 300);
    const many = await shows(page, engine, { method: "cluster", numBatches: 300 }, "other nodes of its part");
    // 300 batches are too many for the 140 training nodes: only the package can tell.
    await choose(page, "outputNodes", "train");
    await problem.waitFor();
    assert.equal(
      await problem.textContent(),
      "numBatches: 300 batches for 140 outputs, allowed are at most as many as outputs.",
    );
    assert.equal(await digest(page), many.stats.digest);
    await setOption(page, "numBatches", 10);
    (
      await shows(
        page,
        engine,
        { method: "cluster", numBatches: 10, outputNodes: "train" },
        "other nodes of its part",
      )
    ).dispose();
    assert.equal(await problem.count(), 0);
    for (const one of [plan, many]) one.dispose();
  },

  "what no option is to blame for is said in the panel": async ({ open, engine }) => {
    const page = await open();
    await page.evaluate(() => {
      const { handle } = document.querySelector("ibmb-explorer").app.graph;
      const words = "bytes of the plan (fewer auxiliary nodes need fewer): 12 exceeds the limit of 8";
      handle.plan = () =>
        Promise.reject(Object.assign(new Error(words), { code: "limit_exceeded", details: {} }));
    });
    await choose(page, "method", "hybrid");
    const problem = page.locator("#plan-problem");
    await problem.waitFor();
    assert.equal(
      await problem.textContent(),
      "bytes of the plan (fewer auxiliary nodes need fewer): 12 exceeds the limit of 8. The plan is unchanged.",
    );
    assert.equal(await digest(page), engine.plan.stats.digest);
    await page.locator("ibmb-plan-panel button", { hasText: "back to the plan shown" }).click();
    await page.locator("#plan-result").waitFor();
    assert.equal(await field(page, "method").locator("select").inputValue(), "node-wise");
    assert.equal(await problem.count(), 0);
  },

  "training over batches follows the method, with no more batches than training nodes": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await choose(page, "method", "batch-wise");
    await setOption(page, "numBatches", 200);
    (await shows(page, engine, { method: "batch-wise", numBatches: 200 })).dispose();
    await page.locator("ibmb-model-panel #train-here").click();
    await setOption(page, "epochs", 2, "ibmb-model-panel");
    await page.locator("ibmb-model-panel ibmb-choice-field select").first().selectOption("plan");
    await page.locator("#train").click();
    await page
      .locator("ibmb-training-chart #progress", { hasText: /2 epochs.*finished, best epoch \d/s })
      .waitFor();
  },

  "long planning names its stage and can be cancelled": async ({ open }) => {
    const page = await open();
    const n = 40_000;
    const lines = [];
    for (let i = 0; i < n; i++)
      for (const step of [1, 7, 1 + ((i * 7919) % 5000)]) lines.push(`${i} ${(i + step) % n}`);
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles({ name: "ring.edges", mimeType: "text/plain", buffer: Buffer.from(lines.join("\n")) });
    await tells(page, "Opened ring");
    const before = await digest(page);
    // Planning is over in a second: the page itself presses cancel as soon as a stage is shown.
    await page.evaluate(() => {
      const explorer = document.querySelector("ibmb-explorer");
      const { planning } = explorer.app;
      const panel = explorer.shadowRoot.querySelector("ibmb-plan-panel");
      window.stages = new Set();
      planning.subscribe(() => planning.work.progress && window.stages.add(planning.work.progress.stage));
      window.cancelled = new Promise((resolve) => {
        const end = planning.subscribe(async () => {
          if (planning.work.progress === null) return;
          end();
          await panel.updateComplete;
          const line = panel.shadowRoot.querySelector("ibmb-progress");
          await line.updateComplete;
          [...panel.shadowRoot.querySelectorAll("button")]
            .find((button) => button.textContent === "cancel")
            .click();
          resolve(line.shadowRoot.textContent);
        });
      });
    });
    await choose(page, "method", "batch-wise");
    assert.match(
      await page.evaluate(() => window.cancelled),
      /(coarsening|partitioning|refining|writing batches)( [\d,]+ of [\d,]+)?/,
    );
    await page.locator("#plan-result").waitFor();
    assert.equal(await digest(page), before);
    assert.equal(await field(page, "method").locator("select").inputValue(), "node-wise");
    await choose(page, "method", "cluster");
    await page.locator("#status", { hasText: "of its part" }).waitFor({ timeout: 60_000 });
    const stages = await page.evaluate(() => [...window.stages]);
    // A stage that is over within a thirtieth of a second may go unsaid.
    assert.ok(
      ["coarsening", "partitioning", "refining"].some((stage) => stages.includes(stage)),
      stages.join(),
    );
    assert.ok(stages.includes("writing batches"), stages.join());
  },

  "a method is chosen and set by keyboard alone": async ({ open, engine }) => {
    const page = await open();
    await field(page, "method").locator("select").focus();
    await page.keyboard.press("ArrowDown");
    (await shows(page, engine, { method: "batch-wise" })).dispose();
    const focused = () =>
      page.evaluate(() => {
        let at = document.activeElement;
        let option = "";
        while (at?.shadowRoot?.activeElement) {
          at = at.shadowRoot.activeElement;
          option = at.dataset?.option ?? option;
        }
        return `${option} ${at.localName} ${at.type ?? ""}`.trim();
      });
    const tabTo = async (wanted) => {
      for (let i = 0; i < 30; i++) {
        if ((await focused()) === wanted) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`Tab does not reach ${wanted}; at ${await focused()}`);
    };
    assert.equal(await focused(), "method select select-one");
    await tabTo("numBatches input number");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("5");
    await page.keyboard.press("Enter");
    (await shows(page, engine, { method: "batch-wise", numBatches: 5 })).dispose();
    await tabTo("summary");
    await page.keyboard.press("Enter");
    await tabTo("direction select select-one");
    await page.keyboard.press("ArrowDown");
    (await shows(page, engine, { method: "batch-wise", numBatches: 5, direction: "reference" })).dispose();
    await tabTo("seed input number");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("-1");
    await page.keyboard.press("Tab");
    assert.equal(
      await field(page, "seed").locator(".problem").textContent(),
      "seed must be a whole number from 0 to 9,007,199,254,740,991.",
    );
  },
};
