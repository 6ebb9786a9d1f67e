import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setOption, until } from "../look.mjs";
import { tells } from "../watch.mjs";

const shown = (share) => `${(share * 100).toFixed(1)} %`;

/** The same tensors as PyG's `state_dict` has them: nothing is said about the layers. */
function withoutMetadata(bytes) {
  const end = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)));
  const header = new TextEncoder().encode(JSON.stringify(tensors).padEnd(end - 8));
  return Buffer.concat([bytes.subarray(0, 8), header, bytes.subarray(end)]);
}

export const stories = {
  "inference says what Node computes": async ({ open, engine }) => {
    const page = await open();
    const { model, path } = await engine.model();
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(page, "Loaded small-gcn.safetensors.");
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press(" ");
    const summary = page.locator("ibmb-model-panel #summary");
    await summary.waitFor();
    const text = await summary.textContent();
    const batched = await engine.plan.infer(model);
    const full = await engine.graph.infer(model);
    const same = batched.predictions.filter((prediction, i) => prediction === full.predictions[i]).length;
    const [own, exact] = [batched, full].map(({ accuracy }) => shown(accuracy.test));
    assert.ok(text.startsWith(`Test accuracy ${own} (full graph ${exact}) on 1,000 nodes. `), text);
    assert.ok(text.endsWith(` Agreement with the full graph: ${shown(same / 2708)} of 2,708 nodes.`), text);
    const time = "(< )?[\\d.]+ m?s";
    const verdict = "(\\d+\\.\\d× (slower|faster)|as fast as the full graph)";
    assert.match(
      text,
      new RegExp(`Batches ${time}, full graph ${time}.*: batches are ${verdict} on this graph\\.`),
    );
    assert.equal(await page.locator("#chip-model").textContent(), `GCN ${shown(batched.accuracy.test)}`);

    await page.keyboard.press("4");
    await page.locator('ibmb-map button[aria-pressed="true"]', { hasText: "Correct" }).waitFor();
    assert.match(await page.locator(".legend").innerText(), /incorrect/);
    assert.match(await page.locator("ibmb-batch-table thead").innerText(), /accuracy/);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("ibmb-model-panel button", { hasText: "Save weights" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "cora-gcn.safetensors");
    assert.deepEqual(
      readFileSync(await download.path()),
      readFileSync(path),
      "the weights come back as they went in",
    );
  },

  "weights that leave the activation open are asked for it": async ({ open, engine }) => {
    const page = await open();
    const { model } = await engine.graph.train({
      arch: "gat",
      hidden: 16,
      heads: 2,
      epochs: 5,
      activation: "relu",
      featureNormalization: "row",
      seed: 1,
    });
    const path = join(engine.folder, "pyg-gat.safetensors");
    writeFileSync(path, withoutMetadata(await model.save()));
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    const notice = page.locator("#notice.error");
    await notice.waitFor();
    assert.match(await notice.innerText(), /pyg-gat\.safetensors: .*activation.*relu.*elu.*unchanged/is);
    assert.equal(
      await page
        .locator("#chip-model")
        .textContent()
        .then((text) => text.startsWith("GCN")),
      true,
      "the model at hand stays",
    );
    await notice.locator("#relu").click();
    await tells(page, "Loaded pyg-gat.safetensors.");
    await page.locator("ibmb-model-panel #run").click();
    await page.locator("ibmb-model-panel #summary").waitFor();
    const want = await engine.plan.infer(model);
    const text = await page.locator("ibmb-model-panel #summary").textContent();
    assert.ok(text.startsWith(`Test accuracy ${shown(want.accuracy.test)} (full graph `), text);
    model.dispose();
  },

  "training draws its curve, stops and leaves a model": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-model-panel #train-here").click();
    await setOption(page, "epochs", 100000, "ibmb-model-panel");
    await page.locator("#train").click();
    const line = page.locator("#loss svg path[d]").first();
    await line.waitFor({ state: "attached" });
    const long = async () =>
      await page
        .locator("#loss svg path")
        .evaluateAll((paths) => Math.max(...paths.map((p) => p.getAttribute("d")?.length ?? 0)));
    const before = await long();
    await until(long, (now) => now > before, "the curve grows");
    await page.locator("#stop").click();
    await page.locator("ibmb-training-chart #progress", { hasText: "stopped, best epoch" }).waitFor();
    await page.locator("ibmb-model-panel section", { hasText: /trained here, epoch \d+/ }).waitFor();
    await page.locator("ibmb-model-panel #run").click();
    assert.match(
      await page.locator("ibmb-model-panel #summary").textContent(),
      /^Test accuracy [\d.]+ % .* on 1,000 nodes\./,
    );
  },

  "training over batches finishes": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-model-panel #train-here").click();
    await setOption(page, "epochs", 5, "ibmb-model-panel");
    await page.locator("ibmb-model-panel ibmb-choice-field select").first().selectOption("plan");
    await page.locator("#train").click();
    await page
      .locator("ibmb-training-chart #progress", { hasText: /5 epochs.*finished, best epoch \d/s })
      .waitFor();
  },

  "training options give the curve that Node gives": async ({ open, engine }) => {
    const page = await open();
    const panel = page.locator("ibmb-model-panel");
    const field = (name) => panel.locator(`[data-option="${name}"]`);
    const choose = (name, value) => field(name).locator("select").selectOption(value);
    const number = (name, value) => setOption(page, name, value, "ibmb-model-panel");
    const rows = () =>
      page
        .locator("ibmb-training-chart tbody tr")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    const shownAs = ({ history }) =>
      history.map((e) => [
        String(e.epoch),
        e.loss.toFixed(4),
        e.valLoss.toFixed(4),
        String(Number(e.learningRate.toPrecision(3))),
        shown(e.trainAccuracy),
        shown(e.valAccuracy),
      ]);
    await panel.locator("#train-here").click();
    await panel.locator("#more summary").click();
    assert.equal(await field("heads").count(), 0, "only a GAT has heads");
    assert.equal(await field("plateau.factor").count(), 0);

    await choose("arch", "gat");
    await number("hidden", 16);
    await number("heads", 4);
    await number("epochs", 6);
    await number("lr", 0.1);
    await choose("optimizer", "adamw");
    await choose("activation", "relu");
    await choose("featureNormalization", "l2");
    await number("seed", 3);
    await field("plateau").locator("input").check();
    await number("plateau.factor", 0.5);
    await number("plateau.patience", 0);
    await number("plateau.cooldown", 0);
    await panel.locator("#train").click();
    await page
      .locator("ibmb-training-chart #progress", { hasText: /6 epochs.*finished, best epoch \d/s })
      .waitFor();
    const gat = await engine.graph.train({
      arch: "gat",
      hidden: 16,
      heads: 4,
      epochs: 6,
      lr: 0.1,
      optimizer: "adamw",
      activation: "relu",
      featureNormalization: "l2",
      seed: 3,
      plateau: { factor: 0.5, patience: 0, cooldown: 0 },
    });
    assert.deepEqual(await rows(), shownAs(gat));
    assert.equal(await page.locator("#chip-model").textContent(), "GAT");
    assert.match((await panel.locator("section").textContent()).replace(/\s+/g, " "), /GAT 1,433 → 16 → 7/);

    await panel.locator("#train-here").click();
    await choose("arch", "sage");
    await choose("optimizer", "adam");
    await field("plateau").locator("input").uncheck();
    await field("earlyStop").locator("input").check();
    await number("earlyStop.patience", 1);
    await number("earlyStop.minEpochs", 0);
    await number("epochs", 60);
    await panel.locator("#train").click();
    const sage = await engine.graph.train({
      arch: "sage",
      hidden: 16,
      epochs: 60,
      lr: 0.1,
      activation: "relu",
      featureNormalization: "l2",
      seed: 3,
      earlyStop: { patience: 1, minEpochs: 0 },
    });
    assert.equal(sage.ended, "early-stop");
    await page.locator("ibmb-training-chart #progress", { hasText: "stopped early, best epoch" }).waitFor();
    assert.deepEqual(await rows(), shownAs(sage));
    for (const run of [gat, sage]) run.model.dispose();
  },

  "a training option that the package refuses is named in its field": async ({ open }) => {
    const page = await open();
    const panel = page.locator("ibmb-model-panel");
    await panel.locator("#train-here").click();
    await panel.locator('[data-option="arch"] select').selectOption("gat");
    await setOption(page, "heads", 7, "ibmb-model-panel");
    await panel.locator("#train").click();
    const problem = panel.locator('[data-option="heads"] .problem');
    await problem.waitFor();
    assert.match(await problem.textContent(), /heads: .*64/);
    assert.equal(await panel.locator("#train").isDisabled(), true);
    assert.equal(await page.locator("#notice.error").count(), 0);
    await setOption(page, "hidden", 14, "ibmb-model-panel");
    await problem.waitFor({ state: "detached" });
    await setOption(page, "epochs", 1, "ibmb-model-panel");
    await panel.locator("#train").click();
    await page.locator("ibmb-training-chart #progress", { hasText: /1 epoch.*finished/s }).waitFor();
  },
};
