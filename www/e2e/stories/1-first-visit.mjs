import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { count, findOnMap, paintedShare, status } from "../look.mjs";

export const stories = {
  "first visit: the sample is planned, drawn and told in one sentence": async ({ open, engine }) => {
    const page = await open();
    const { table, stats, numBatches } = engine.plan;
    const share = Math.round(table.capturedMass[3] * 100);
    assert.equal(
      await status(page),
      `Batch 3 predicts ${count(table.numOutputs[3])} papers ● with ${count(table.numAuxiliary[3])} auxiliary nodes ▲; together they hold ${share} % of the influence on its outputs.`,
    );
    assert.equal(await page.locator("#chip-plan").textContent(), `${numBatches} batches`);
    assert.equal(
      await page.locator("#chip-plan").getAttribute("data-digest"),
      stats.digest,
      "the browser makes the plan that Node makes",
    );
    assert.match(
      await page.locator("ibmb-header .what").textContent(),
      /Cora · 2,708 nodes · 5,278 edges · 7 classes/,
    );
    await page.waitForTimeout(400);
    const painted = await paintedShare(page);
    assert.ok(painted.share > 0.05, `${painted.share} of the map is painted`);
    assert.ok(painted.colours > 40, `${painted.colours} colours on the map`);
  },

  "without WebGL the engine draws the map, which moves, zooms and is clicked": async ({ open }) => {
    const page = await open({
      script: () => {
        const { getContext } = HTMLCanvasElement.prototype;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...rest);
        };
      },
    });
    const share = async (least) => {
      let painted;
      for (let i = 0; i < 40; i++) {
        painted = await paintedShare(page);
        if (painted.share > least && painted.colours > 40) return painted.share;
        await page.waitForTimeout(250);
      }
      assert.fail(`${painted.share} of the map is painted in ${painted.colours} colours`);
    };
    await share(0.05);
    const place = await findOnMap(page, /output of batch 5/);
    await page.mouse.click(place.x, place.y);
    await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    await page.waitForTimeout(1500);
    const close = await share(0.05);
    for (let i = 0; i < 40; i++) await page.keyboard.press("Shift+ArrowLeft");
    await page.waitForTimeout(1500);
    assert.ok((await paintedShare(page)).share < 0.5 * close, "the map has moved out of sight");
    await page.keyboard.press("0");
    await share(0.05);
  },

  "without any drawing the rest works and says so": async ({ open }) => {
    const page = await open({ script: () => (HTMLCanvasElement.prototype.getContext = () => null) });
    await page.locator("ibmb-map .trouble", { hasText: "neither by WebGL2 nor on a canvas" }).waitFor();
    await page.locator("ibmb-batch-table #row-5").click();
    await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();
  },

  "a picture of the map is saved, of what is seen": async ({ open }) => {
    const page = await open();
    await page.waitForTimeout(500);
    const box = await page.locator("ibmb-map canvas").boundingBox();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("ibmb-map #png").click(),
    ]);
    assert.equal(download.suggestedFilename(), "cora-batch-3.png");
    const file = readFileSync(await download.path());
    assert.equal(file.subarray(1, 4).toString(), "PNG");
    // Width and height stand in the header: twice the map's.
    assert.deepEqual(
      [file.readUInt32BE(16), file.readUInt32BE(20)],
      [2 * Math.round(box.width), 2 * Math.round(box.height)],
    );
    const screen = await page.locator("ibmb-map canvas").screenshot();
    // The same picture as on the screen: mean difference of what the two show, in sixteenths of the map.
    const apart = await page.evaluate(
      async (files) => {
        const small = await Promise.all(
          files.map(async (base64) => {
            const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
            const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
            const context = new OffscreenCanvas(32, 16).getContext("2d");
            context.imageSmoothingQuality = "high";
            context.drawImage(bitmap, 0, 0, 32, 16);
            return context.getImageData(0, 0, 32, 16).data;
          }),
        );
        // The lower part has the legend on the screen.
        const upper = 4 * 32 * 12;
        let sum = 0;
        for (let i = 0; i < upper; i++) sum += Math.abs(small[0][i] - small[1][i]);
        return sum / upper;
      },
      [file.toString("base64"), screen.toString("base64")],
    );
    assert.ok(apart < 12, `${apart} of 255 apart`);
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
      const canvas = document
        .querySelector("ibmb-explorer")
        .shadowRoot.querySelector("ibmb-map")
        .shadowRoot.querySelector("canvas");
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
