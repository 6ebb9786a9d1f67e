import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setOption } from "../look.mjs";

const shown = (share) => `${(share * 100).toFixed(1)} %`;

export const stories = {
  "inference says what Node computes": async ({ open, engine }) => {
    const page = await open();
    const { model, path } = await engine.model();
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await page.locator("#notice", { hasText: "Loaded small-gcn.safetensors." }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press(" ");
    const summary = page.locator("ibmb-model-panel #summary");
    await summary.waitFor();
    const text = await summary.textContent();
    const batched = await engine.plan.infer(model);
    const full = await engine.graph.infer(model);
    const same = batched.predictions.filter((prediction, i) => prediction === full.predictions[i]).length;
    assert.ok(text.startsWith(`${shown(batched.accuracy.test)} of 1,000 test nodes right · `), text);
    assert.ok(text.includes(`agrees with the full graph on ${shown(same / 2708)} of 2,708 nodes`), text);
    assert.match(text, new RegExp(`full graph ${shown(full.accuracy.test)}, (\\d+\\.\\d× (slower|faster)|as fast)$`));
    assert.equal(await page.locator("#chip-model").textContent(), `GCN ${shown(batched.accuracy.test)}`);

    await page.keyboard.press("4");
    await page.locator('ibmb-map button[aria-pressed="true"]', { hasText: "Right/wrong" }).waitFor();
    assert.match(await page.locator(".legend").innerText(), /wrong/);
    assert.match(await page.locator("ibmb-batch-table thead").innerText(), /right/);

    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("ibmb-model-panel button", { hasText: "Save weights" }).click()]);
    assert.equal(download.suggestedFilename(), "cora-gcn.safetensors");
    assert.deepEqual(readFileSync(await download.path()), readFileSync(path), "the weights come back as they went in");
  },

  "training draws its curve, stops and leaves a model": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-model-panel summary").click();
    await setOption(page, "epochs", 100000, "ibmb-model-panel");
    await page.locator("#train").click();
    const line = page.locator("#loss svg path[d]").first();
    await line.waitFor({ state: "attached" });
    const long = async () => (await page.locator("#loss svg path").evaluateAll((paths) => Math.max(...paths.map((p) => p.getAttribute("d")?.length ?? 0))));
    const before = await long();
    await page.waitForTimeout(700);
    assert.ok((await long()) > before, "the curve grows");
    await page.locator("#stop").click();
    await page.locator("ibmb-training-chart #progress", { hasText: "stopped, best epoch" }).waitFor();
    await page.locator("ibmb-model-panel section", { hasText: /trained here, epoch \d+/ }).waitFor();
    await page.locator("ibmb-model-panel #run").click();
    assert.match(await page.locator("ibmb-model-panel #summary").textContent(), /% of 1,000 test nodes right/);
  },

  "training over batches finishes": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-model-panel summary").click();
    await setOption(page, "epochs", 5, "ibmb-model-panel");
    await page.locator("ibmb-model-panel ibmb-choice-field select").first().selectOption("plan");
    await page.locator("#train").click();
    await page.locator("ibmb-training-chart #progress", { hasText: /5 epochs.*finished, best epoch \d/s }).waitFor();
  },
};
