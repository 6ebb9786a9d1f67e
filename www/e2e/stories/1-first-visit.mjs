import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { count, findOnMap, mapAtRest, paintedShare, status, until } from "../look.mjs";

/** Waits until the map has been painted. */
const painted = (page) =>
  until(
    () => paintedShare(page),
    ({ share, colours }) => share > 0.05 && colours > 40,
    ({ share, colours }) => `${share} of the map is painted in ${colours} colours`,
  );

export const stories = {
  "first visit: the sample is planned, drawn and told in one sentence": async ({ open, engine }) => {
    const page = await open();
    const { table, stats, numBatches } = engine.plan;
    const share = Math.round(table.capturedMass[3] * 100);
    assert.equal(
      await status(page),
      `Batch 3 predicts ${count(table.numOutputs[3])} papers ● with ${count(table.numAuxiliary[3])} auxiliary nodes ▲; together they capture ${share} % of the influence on its outputs.`,
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
    await painted(page);
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
    await painted(page);
    const place = await findOnMap(page, /output of batch 5/);
    await page.mouse.click(place.x, place.y);
    await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    await mapAtRest(page);
    const close = (await painted(page)).share;
    for (let i = 0; i < 40; i++) await page.keyboard.press("Shift+ArrowLeft");
    await until(
      () => paintedShare(page),
      ({ share }) => share < 0.5 * close,
      "the map has moved out of sight",
    );
    await page.keyboard.press("0");
    await painted(page);
  },

  "without any drawing the rest works and says so": async ({ open }) => {
    const page = await open({ script: () => (HTMLCanvasElement.prototype.getContext = () => null) });
    await page.locator("ibmb-map .trouble", { hasText: "neither by WebGL2 nor on a canvas" }).waitFor();
    await page.locator("ibmb-batch-table #row-5").click();
    await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();
  },

  "a picture of the map is saved, of what is seen": async ({ open }) => {
    const page = await open();
    await mapAtRest(page);
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
    await painted(page);
    assert.equal(await page.locator("#notice.error").count(), 0);
  },

  "the map starts again after the graphics context was lost": async ({ open }) => {
    const page = await open();
    await mapAtRest(page);
    const before = await paintedShare(page);
    await page.evaluate(async () => {
      const canvas = document
        .querySelector("ibmb-explorer")
        .shadowRoot.querySelector("ibmb-map")
        .shadowRoot.querySelector("canvas");
      const loss = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
      const happens = (event) => new Promise((done) => canvas.addEventListener(event, done, { once: true }));
      const lost = happens("webglcontextlost");
      loss.loseContext();
      await lost;
      // A context can be restored once its loss has been told to all.
      await new Promise((done) => setTimeout(done));
      const restored = happens("webglcontextrestored");
      loss.restoreContext();
      await restored;
    });
    await until(
      () => paintedShare(page),
      ({ share }) => Math.abs(share - before.share) < 0.02,
      ({ share }) => `${before.share} before, ${share} after`,
    );
  },
};
