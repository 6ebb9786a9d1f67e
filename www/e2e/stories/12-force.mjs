import assert from "node:assert/strict";
import { paintedShare, placesOnPage, layoutPressed as pressed } from "../look.mjs";

export const stories = {
  "forces move the nodes before one's eyes to where the engine puts them": async ({ open, engine }) => {
    const page = await open();
    await page.keyboard.press("f");
    assert.equal(await pressed(page), "Force");
    await page.locator("ibmb-map .moving progress").waitFor();
    // Places on the way are on the map before the work is done.
    await page.locator("ibmb-map .moving button", { hasText: "stop here" }).waitFor();
    await page.locator("ibmb-map .moving").waitFor({ state: "detached", timeout: 60_000 });
    const { positions } = await engine.graph.layout({ method: "force" });
    await page.waitForTimeout(500);
    const placeOf = await placesOnPage(page, positions);
    // The nodes at the four ends are by themselves.
    for (const axis of [0, 1]) {
      for (const sign of [1, -1]) {
        let end = 0;
        for (let node = 0; node < positions.length / 2; node++)
          if (sign * positions[2 * node + axis] > sign * positions[2 * end + axis]) end = node;
        const place = placeOf(end);
        await page.mouse.move(place.x, place.y);
        await page.locator("ibmb-map .card strong", { hasText: `node ${end}` }).waitFor();
      }
    }
    assert.ok((await paintedShare(page)).share > 0.05);
    await page.waitForFunction(() => location.hash === "#layout=force");
    await page.keyboard.press("b");
    assert.equal(await pressed(page), "By batch");
    await page.keyboard.press("f");
    assert.equal(await page.locator("ibmb-map .moving").count(), 0, "the layout is kept");
  },

  "a layout by forces can be stopped on the way, and a link asks for one": async ({ open }) => {
    const page = await open({ hash: "#layout=force" });
    const stop = page.locator("ibmb-map .moving button", { hasText: "stop here" });
    await stop.click();
    await page.locator("ibmb-map .moving").waitFor({ state: "detached" });
    assert.equal(await pressed(page), "Force");
    await page.locator("ibmb-batch-table #row-2").click();
    await page.locator("#status", { hasText: "Batch 2 predicts" }).waitFor();
    assert.equal(await page.locator("ibmb-map .moving").count(), 0);
  },
};
