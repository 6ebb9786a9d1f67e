import assert from "node:assert/strict";
import {
  forcesAtRest,
  mapAtRest,
  paintedShare,
  placesOnPage,
  pointAt,
  layoutPressed as pressed,
} from "../look.mjs";
import { wasShown, watch } from "../watch.mjs";

const LINE = "ibmb-map .moving ibmb-progress";
const OUT = "ibmb-map .moving button";

export const stories = {
  "forces move the nodes before one's eyes to where the engine puts them": async ({ open, engine }) => {
    const page = await open();
    await watch(page, LINE);
    await watch(page, OUT);
    await page.keyboard.press("f");
    assert.equal(await pressed(page), "Force");
    await forcesAtRest(page);
    await wasShown(page, LINE, "layout");
    // Places on the way were on the map before the work was done.
    await wasShown(page, OUT, "stop here");
    await page.locator("ibmb-map .moving").waitFor({ state: "detached" });
    const { positions } = await engine.graph.layout({ method: "force" });
    await mapAtRest(page);
    const placeOf = await placesOnPage(page, positions);
    // The nodes at the four ends are by themselves.
    for (const axis of [0, 1]) {
      for (const sign of [1, -1]) {
        let end = 0;
        for (let node = 0; node < positions.length / 2; node++)
          if (sign * positions[2 * node + axis] > sign * positions[2 * end + axis]) end = node;
        await pointAt(page, placeOf(end), `node ${end}`);
      }
    }
    assert.ok((await paintedShare(page)).share > 0.05);
    await page.waitForFunction(() => location.hash === "#layout=force");
    await page.keyboard.press("b");
    assert.equal(await pressed(page), "By batch");
    await page.keyboard.press("f");
    assert.equal(await page.locator("ibmb-map .moving").count(), 0, "the layout is kept");
  },

  "a layout by forces can be stopped on the way, and a link asks for one": async ({ open, engine }) => {
    // The page itself stops it as soon as it can be stopped.
    const page = await open({
      hash: "#layout=force",
      watched: [{ selector: OUT, words: "stop here", press: ".moving button" }],
    });
    await wasShown(page, OUT, "stop here");
    await forcesAtRest(page);
    await page.locator("ibmb-map .moving").waitFor({ state: "detached" });
    assert.equal(await pressed(page), "Force");
    const { positions } = await engine.graph.layout({ method: "force" });
    const stopped = await page.evaluate(() => [
      ...document.querySelector("ibmb-explorer").app.force.positions,
    ]);
    assert.notDeepEqual(stopped, [...positions], "it was stopped on the way");
    await page.locator("ibmb-batch-table #row-2").click();
    await page.locator("#status", { hasText: "Batch 2 predicts" }).waitFor();
    assert.equal(await page.locator("ibmb-map .moving").count(), 0);
  },
};
