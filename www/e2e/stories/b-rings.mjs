import assert from "node:assert/strict";
import { count, setOption } from "../look.mjs";

const BATCH = 3;
const NONE = 0xffffffff;
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const marks = (page) =>
  page
    .locator("ibmb-rings .mark")
    .evaluateAll((all) => all.map((mark) => ({ node: Number(mark.dataset.node), kind: mark.dataset.kind })));
const sentence = (page, text) => page.locator("ibmb-map #status", { hasText: text }).waitFor();

/** An output of the batch that opens first with many influencers. */
async function someOutput(engine) {
  const batch = await engine.plan.batch(BATCH);
  const places = [...batch.nodes.keys()].filter((i) => !batch.isOutput[i]);
  return {
    batch,
    output: batch.bestOutput[places.reduce((best, i) => (batch.scores[i] > batch.scores[best] ? i : best))],
  };
}

/** Finds a node by its name and puts it in the middle of the rings. */
async function centre(page, node) {
  await page.keyboard.press("r");
  await page.locator("ibmb-rings .mark").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type(String(node));
  await page.keyboard.press("Enter");
  await page.locator("ibmb-batch-panel #node", { hasText: `node ${node}` }).waitFor();
  await page.locator("ibmb-rings .segments button", { hasText: `node ${node}` }).click();
  await sentence(page, `node ${node} ● in the middle`);
}

export const stories = {
  "rings show what surrounds an output, and k brings nodes in one by one": async ({ open, engine }) => {
    const page = await open();
    const { output } = await someOutput(engine);
    await centre(page, output);
    const check = async (options) => {
      const around = await engine.graph.neighbourhood([output], {
        leftOut: Math.max(24, 72 - options.k),
        ...options,
      });
      const chosen = around.isChosen.reduce((sum, one) => sum + one, 0);
      await sentence(
        page,
        `with ${count(chosen - 1)} selected nodes: together they capture ${percent(around.capturedMass)} of the influence on it; ${count(around.numLeftOut)} more`,
      );
      const drawn = await marks(page);
      assert.deepEqual(
        drawn.map(({ node }) => node),
        [...around.nodes],
      );
      drawn.forEach(({ kind }, i) =>
        assert.equal(kind === "left", around.isChosen[i] === 0, `node ${around.nodes[i]}`),
      );
      // Lines: one an edge between those drawn, the thickest where most flows.
      const lines = await page
        .locator("ibmb-rings .flow")
        .evaluateAll((all) => all.map((line) => Number(line.getAttribute("stroke-width"))));
      assert.equal(lines.length, around.edges.length / 2);
      const most = Math.max(...around.flow);
      const widths = [...around.flow]
        .map((flow) => Math.max(0.3, (Math.max(...lines) * flow) / most))
        .sort((a, b) => a - b);
      lines.forEach((width, i) => assert.ok(Math.abs(width - widths[i]) < 1e-6));
      const strongest = around.flow.indexOf(most);
      const flow = page.locator("ibmb-rings details").last();
      if (!(await flow.evaluate((one) => one.open))) await flow.locator("summary").click();
      await flow.locator("tbody tr").first().waitFor();
      const first = await page.locator("ibmb-rings details").last().locator("tbody tr").first().textContent();
      assert.ok(
        first.includes(`node ${around.edges[2 * strongest]} – node ${around.edges[2 * strongest + 1]}`),
        first,
      );
      assert.ok(first.includes(percent((most * options.alpha) / (1 - options.alpha), 2)), first);
      assert.ok(
        Math.abs(
          Number(await page.locator("ibmb-rings #arc").getAttribute("data-share")) - around.capturedMass,
        ) < 1e-12,
      );
      // On the ring of its steps, in the direction of the engine, the area by the score.
      const places = await page.locator("ibmb-rings .mark").evaluateAll((all) =>
        all.map((mark) => {
          const { e, f } = mark.transform.baseVal.consolidate().matrix;
          return { x: e, y: f, size: mark.ownerSVGElement.width.baseVal.value };
        }),
      );
      const last = Math.max(...around.hop.filter((hop) => hop !== NONE));
      places.forEach(({ x, y, size }, i) => {
        const [dx, dy] = [x - size / 2, y - size / 2];
        const reach = size / 2 - 32;
        assert.ok(
          Math.abs(Math.hypot(dx, dy) - (reach * around.hop[i]) / last) < 0.01,
          `node ${around.nodes[i]} on ring ${around.hop[i]} of ${last}: ${dx}, ${dy} of ${size}`,
        );
        if (around.hop[i] === 0) return;
        const turn = (Math.atan2(dx, -dy) / (2 * Math.PI) + 1) % 1;
        assert.ok(Math.abs(turn - around.turn[i]) < 1e-3, `node ${around.nodes[i]} at ${turn}`);
      });
      return around;
    };
    const before = await check({ alpha: 0.25, eps: 1e-4, k: 16 });
    await page.keyboard.press("]");
    const after = await check({ alpha: 0.25, eps: 1e-4, k: 17 });
    const newest = after.nodes[after.rank.indexOf(17)];
    assert.equal(before.isChosen[before.nodes.indexOf(newest)], 0, "it was left out before");
    await sentence(page, `Rank 17 is node ${newest}`);
    await page.keyboard.press("[");
    await page.keyboard.press("[");
    await check({ alpha: 0.25, eps: 1e-4, k: 15 });
    await setOption(page, "alpha", 0.5, "ibmb-rings");
    await check({ alpha: 0.5, eps: 1e-4, k: 15 });
    await setOption(page, "eps", 0.0003, "ibmb-rings");
    await check({ alpha: 0.5, eps: 3e-4, k: 15 });
    // The plan has followed.
    const plan = await engine.graph.plan({ outputNodes: "all", alpha: 0.5, eps: 3e-4, topK: 15 });
    await page.locator("ibmb-plan-panel", { hasText: percent(plan.stats.capturedMass) }).waitFor();
    plan.dispose();
  },

  "rings of a whole batch state what is not drawn, and go by keyboard": async ({ open, engine }) => {
    const page = await open();
    await page.keyboard.press("r");
    const batch = await engine.plan.batch(BATCH);
    const around = await engine.plan.neighbourhood(BATCH, { leftOut: 60 });
    const auxiliary = batch.nodes.length - batch.outputNodes.length;
    await sentence(
      page,
      `${count(batch.outputNodes.length)} outputs ● of batch ${BATCH} in the middle, with ${count(auxiliary)} auxiliary nodes ▲: together they capture ${percent(around.capturedMass)}`,
    );
    await sentence(page, `Shown: the 600 strongest of ${count(around.nodes.length)} nodes`);
    await page.locator("ibmb-rings .mark").first().waitFor();
    assert.deepEqual(
      (await marks(page)).map(({ node }) => node),
      [...around.nodes].slice(0, 600),
    );
    assert.equal(
      await page.locator("ibmb-rings .mark[data-kind=output]").count(),
      [...around.nodes].slice(0, 600).filter((node) => batch.outputNodes.includes(node)).length,
    );

    const svg = page.locator("ibmb-rings svg[role=listbox]");
    await svg.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await svg.getAttribute("aria-activedescendant"), `m${around.nodes[1]}`);
    await page.keyboard.press("Enter");
    await page.locator("ibmb-batch-panel #node", { hasText: `node ${around.nodes[1]}` }).waitFor();
    await page.locator(`ibmb-rings #m${around.nodes[1]}[aria-selected=true]`).waitFor();
    if (batch.outputNodes.includes(around.nodes[1])) {
      await page.keyboard.press("c");
      await sentence(page, `node ${around.nodes[1]} ● in the middle`);
    }
    await page.locator("ibmb-rings summary").first().click();
    await page.locator("ibmb-rings details").first().locator("tbody tr").first().waitFor();
    assert.ok((await page.locator("ibmb-rings details").first().locator("tbody tr").count()) > 20);

    // Back among the batches, then the whole batch in the middle again; a part of the graph follows its plan.
    await page.keyboard.press("b");
    await page.locator("ibmb-rings").waitFor({ state: "detached" });
    await page.keyboard.press("r");
    await page.locator("ibmb-rings .segments button", { hasText: `Batch ${BATCH}` }).click();
    await page.locator('ibmb-plan-panel [data-option="method"] select').selectOption("cluster");
    await page.locator("ibmb-rings p", { hasText: "These rings follow the plan" }).waitFor();
    const parts = await engine.graph.plan({ method: "cluster", outputNodes: "all" });
    const whole = await parts.neighbourhood(BATCH, { leftOut: 60 });
    await sentence(page, `together they capture ${percent(whole.capturedMass)}`);
    parts.dispose();
  },
};
