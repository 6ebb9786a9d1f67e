import assert from "node:assert/strict";
import { comesTo, findOnMap, status } from "../look.mjs";

export const stories = {
  "a batch is chosen in the list, by keyboard and on the map": async ({ open, engine }) => {
    const page = await open();
    await page.locator("ibmb-batch-table #row-1").click();
    await page.locator("#status", { hasText: "Batch 1 predicts" }).waitFor();
    await comesTo(() => page.locator("ibmb-batch-panel #batch").textContent(), "Batch 1");
    await comesTo(() => page.locator("ibmb-batch-table #row-1").getAttribute("aria-selected"), "true");

    await page.locator("ibmb-batch-table table").focus();
    await page.keyboard.press("ArrowDown");
    await page.locator("#status", { hasText: "Batch 2 predicts" }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowUp");
    await page.locator("#status", { hasText: "Batch 1 predicts" }).waitFor();

    const place = await findOnMap(page, /output of batch [4-7]/);
    assert.ok(place, "a node of another batch is found by hovering");
    const home = (await page.locator("ibmb-map .card").textContent()).match(/output of batch (\d)/)[1];
    await page.mouse.click(place.x, place.y);
    await page.locator("#status", { hasText: `Batch ${home} predicts` }).waitFor();
    await page.locator("ibmb-batch-panel #node").waitFor();
    assert.ok((await status(page)).includes(String(engine.plan.table.numAuxiliary[Number(home)])));
  },

  "a node tells why it is here": async ({ open, engine }) => {
    const page = await open();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    const name = await page.locator("ibmb-batch-panel #node").textContent();
    const node = Number(name.match(/\d+/)[0]);
    const batch = await engine.plan.batch(3);
    const strongest = batch.scores.indexOf(Math.max(...batch.scores));
    assert.equal(node, batch.nodes[strongest], "the first step goes to the node with the greatest score");
    const top = await engine.graph.influencers(node, { alpha: 0.25, eps: 1e-4, k: 10 });
    await page.locator(".influencers li").nth(9).waitFor();
    const shown = await page.locator(".influencers li").allTextContents();
    assert.equal(shown.length, top.nodes.length);
    top.nodes.forEach((other, i) =>
      assert.ok(shown[i].includes(other === node ? "itself" : `node ${other}`), `${shown[i]} names ${other}`),
    );
    await page.keyboard.press("Escape");
    await page.locator("ibmb-batch-panel #node").waitFor({ state: "detached" });
  },

  "keys change the colour and the help lists them": async ({ open }) => {
    const page = await open();
    await page.keyboard.press("2");
    await page.locator('ibmb-map button[aria-pressed="true"]', { hasText: "Class" }).waitFor();
    assert.match(await page.locator(".legend").innerText(), /Neural Networks/);
    await page.keyboard.press("5");
    await page.locator('ibmb-map button[aria-pressed="true"]', { hasText: "Influence" }).waitFor();
    await page.keyboard.press("?");
    await page.locator("ibmb-help dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("ibmb-help dialog[open]").waitFor({ state: "detached" });
  },
};
