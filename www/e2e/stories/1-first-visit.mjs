import assert from "node:assert/strict";
import { count, paintedShare, status } from "../look.mjs";

export const stories = {
  "first visit: the sample is planned, drawn and told in one sentence": async ({ open, engine }) => {
    const page = await open();
    const { table, stats, numBatches } = engine.plan;
    const share = Math.round(table.capturedMass[3] * 100);
    assert.equal(await status(page),
      `Batch 3 predicts ${count(table.numOutputs[3])} papers ● with ${count(table.numAuxiliary[3])} auxiliary nodes ▲; together they hold ${share} % of the influence on its outputs.`);
    assert.equal(await page.locator("#chip-plan").textContent(), `${numBatches} batches`);
    assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), stats.digest, "the browser makes the plan that Node makes");
    assert.match(await page.locator("ibmb-header .what").textContent(), /Cora · 2,708 nodes · 5,278 edges · 7 classes/);
    await page.waitForTimeout(400);
    const painted = await paintedShare(page);
    assert.ok(painted.share > 0.05, `${painted.share} of the map is painted`);
    assert.ok(painted.colours > 40, `${painted.colours} colours on the map`);
  },

  "without WebGL the rest works and says so": async ({ open }) => {
    const page = await open({ script: () => (HTMLCanvasElement.prototype.getContext = () => null) });
    await page.locator("ibmb-map .trouble", { hasText: "offers no WebGL2" }).waitFor();
    await page.locator("ibmb-batch-table #row-5").click();
    await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();
  },

  "the page can be taken out and put back": async ({ open }) => {
    const page = await open();
    await page.evaluate(async () => {
      const shell = document.querySelector("ibmb-explorer");
      for (let i = 0; i < 3; i++) {
        shell.remove();
        document.body.append(shell);
        await new Promise((done) => setTimeout(done, 50));
      }
    });
    await page.locator("ibmb-batch-table #row-2").click();
    await page.locator("#status", { hasText: "Batch 2 predicts" }).waitFor();
    await page.waitForTimeout(1500);
    assert.ok((await paintedShare(page)).share > 0.05);
    assert.equal(await page.locator("#notice.error").count(), 0);
  },

  "the map starts again after the graphics context was lost": async ({ open }) => {
    const page = await open();
    await page.waitForTimeout(300);
    const before = await paintedShare(page);
    await page.evaluate(async () => {
      const canvas = document.querySelector("ibmb-explorer").shadowRoot.querySelector("ibmb-map").shadowRoot.querySelector("canvas");
      const loss = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
      loss.loseContext();
      await new Promise((done) => setTimeout(done, 100));
      loss.restoreContext();
      await new Promise((done) => setTimeout(done, 300));
    });
    const after = await paintedShare(page);
    assert.ok(Math.abs(after.share - before.share) < 0.02, `${before.share} before, ${after.share} after`);
  },
};
