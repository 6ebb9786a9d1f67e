import assert from "node:assert/strict";
import { PLAN } from "../engine.mjs";
import { addressWritten, comesTo, count } from "../look.mjs";
import { tells } from "../watch.mjs";

const hash = (page) => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).toString());
const entries = async (page) => Object.fromEntries(new URLSearchParams(await hash(page)));
const statusOf = (page, pattern) => page.locator("#status", { hasText: pattern }).waitFor();
const chip = (page) => page.locator("#chip-plan").getAttribute("data-digest");

/** Waits until the address says so. */
async function addressSays(page, expected) {
  await page.waitForFunction((text) => decodeURIComponent(location.hash.slice(1)) === text, expected);
}

export const stories = {
  "a fresh page has a plain address; what is set stands in it": async ({ open }) => {
    const page = await open();
    await addressWritten(page);
    assert.equal(await hash(page), "");
    await page.keyboard.press("2");
    await page.keyboard.press("ArrowDown");
    await addressSays(page, "colour=class&batch=4");
    await page.locator("ibmb-drawer #tab-schedule").click();
    await addressSays(page, "colour=class&tab=schedule&batch=4");
    await page.keyboard.press("1");
    await addressSays(page, "tab=schedule&batch=4");
  },

  "a link brings back plan, batch, node, colour and training options": async ({ open, engine }) => {
    const plan = await engine.graph.plan({ ...PLAN, topK: 24, alpha: 0.2, outputNodes: "test" });
    const { nodes } = await plan.batch(1);
    const page = await open({
      hash: `#outputNodes=test&alpha=0.2&topK=24&colour=class&tab=training&batch=1&node=${nodes[0]}&train.epochs=50`,
    });
    await statusOf(page, "Batch 1 predicts");
    assert.equal(await chip(page), plan.stats.digest, "the plan is that of the settings in the link");
    await page.locator("ibmb-batch-panel #node", { hasText: `node ${nodes[0]}` }).waitFor();
    assert.equal(await page.locator('ibmb-map button[aria-pressed="true"]').first().textContent(), "Class");
    assert.equal(await page.locator("ibmb-drawer #tab-training").getAttribute("aria-selected"), "true");
    await page.locator("ibmb-model-panel #train-here").click();
    assert.equal(await page.locator('ibmb-model-panel [data-option="epochs"] input').inputValue(), "50");
    assert.equal(await page.locator("#notice.error").count(), 0);
    assert.equal(await page.locator("#undo").isEnabled(), false, "a link is where the history starts");
  },

  "a link brings back what is compared": async ({ open }) => {
    const page = await open({ hash: "#tab=compare&share=1&together=one&upTo=30000" });
    const chosen = (name) => page.locator(`ibmb-compare [data-option="${name}"] select`);
    await page.locator("ibmb-compare #run").waitFor();
    assert.deepEqual(
      await Promise.all(["share", "together", "upTo"].map((name) => chosen(name).inputValue())),
      ["1", "one", "30000"],
    );
    await chosen("share").selectOption("0.01");
    await addressSays(page, "tab=compare&share=0.01&together=one&upTo=30000");
    await page.locator("#undo").click();
    await comesTo(() => chosen("share").inputValue(), "1");
  },

  "bad values of a link are named and the rest is taken": async ({ open, engine }) => {
    const page = await open({
      hash: "#alpha=7&colour=pink&topK=8&batch=999&node=x&nonsense=1&train.epochs=-3&weights=maybe&split=mine",
    });
    const notice = page.locator("#notice.error");
    await notice.waitFor();
    const text = await notice.locator("p").textContent();
    const plan = await engine.graph.plan({ ...PLAN, topK: 8 });
    for (const part of [
      "8 values of the link are ignored",
      "alpha must be a number above 0",
      "colour must be one of batch, class",
      `batch 999 does not exist, the plan has batches 0 to ${plan.numBatches - 1}`,
      "node x does not exist, the graph has nodes 0 to 2707",
      "nonsense is not known",
      "epochs must be a whole number",
      "weights must be one of ignore, use",
      "split mine does not exist",
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.equal(await chip(page), plan.stats.digest, "topK was allowed");
    await addressSays(page, "topK=8");
  },

  "settings of a link that no plan can be made of are said in the plan's panel": async ({ open, engine }) => {
    const page = await open({ hash: "#method=cluster&numBatches=5000" });
    await page.locator("ibmb-plan-panel .problem", { hasText: "5000" }).waitFor();
    assert.equal(await chip(page), engine.plan.stats.digest);
  },

  "undo and redo walk through what was set, and a drag of a slider is one step": async ({ open, engine }) => {
    const page = await open();
    await page.waitForTimeout(300);
    const [undo, redo] = [page.locator("#undo"), page.locator("#redo")];
    assert.deepEqual([await undo.isEnabled(), await redo.isEnabled()], [false, false]);
    const first = await chip(page);
    const slider = page.locator('ibmb-plan-panel [data-option="topK"] input[type=range]');
    await slider.evaluate(async (range) => {
      for (const value of [40, 45, 50, 55, 60]) {
        range.value = value;
        range.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
        await new Promise((done) => setTimeout(done));
      }
    });
    await page.waitForFunction(
      (before) =>
        document
          .querySelector("ibmb-explorer")
          .shadowRoot.querySelector("ibmb-header")
          .shadowRoot.querySelector("#chip-plan").dataset.digest !== before,
      first,
    );
    await page.waitForFunction(() => !document.querySelector("ibmb-explorer").app.planning.work.running);
    const dragged = await chip(page);
    await addressWritten(page);
    const { topK } = await entries(page);
    assert.equal(dragged, (await engine.graph.plan({ ...PLAN, topK: Number(topK) })).stats.digest);
    // What follows later than this is another act.
    await page.waitForTimeout(800);
    // Two keys so close that they are one act, on any machine.
    await page.evaluate(() => {
      for (const key of ["3", "2"])
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    });
    await page.waitForTimeout(800);
    await page.locator("ibmb-batch-table #row-1").click();
    await statusOf(page, "Batch 1 predicts");
    await addressSays(page, `topK=${topK}&colour=class&batch=1`);

    await undo.click();
    await statusOf(page, "Batch 3 predicts");
    await page.keyboard.press("z");
    await addressSays(page, `topK=${topK}`);
    await page.keyboard.press("z");
    await addressSays(page, "");
    await page.waitForFunction(
      (before) =>
        document
          .querySelector("ibmb-explorer")
          .shadowRoot.querySelector("ibmb-header")
          .shadowRoot.querySelector("#chip-plan").dataset.digest === before,
      first,
    );
    await comesTo(() => undo.isEnabled(), false, "three acts were three steps");

    for (let i = 0; i < 3; i++) await page.keyboard.press("Z");
    await addressSays(page, `topK=${topK}&colour=class&batch=1`);
    await statusOf(page, "Batch 1 predicts");
    await comesTo(() => redo.isEnabled(), false);
    await comesTo(() => chip(page), dragged);
  },

  "a node of another batch is one step, and undo brings both back": async ({ open, engine }) => {
    const page = await open();
    await page.waitForTimeout(300);
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => location.hash.includes("node="));
    const before = await entries(page);
    await page.waitForTimeout(800);
    let other = 0;
    while ((await engine.plan.batch(other)).nodes.includes(Number(before.node))) other++;
    await page.locator(`ibmb-batch-table #row-${other}`).click();
    await page.locator("ibmb-batch-panel #node").waitFor({ state: "detached" });
    await addressSays(page, `batch=${other}`);
    await page.waitForTimeout(200);
    await page.keyboard.press("z");
    await page.locator("ibmb-batch-panel #node", { hasText: `node ${before.node}` }).waitFor();
    await statusOf(page, `with ${count(engine.plan.table.numAuxiliary[3])} auxiliary`);
  },

  "the address is followed when it is changed by hand": async ({ open }) => {
    const page = await open();
    await page.evaluate(() => (location.hash = "batch=2&colour=influence"));
    await statusOf(page, "Batch 2 predicts");
    await page.keyboard.press("z");
    await statusOf(page, "Batch 3 predicts");
    await page.evaluate(() => (location.hash = "batch=77"));
    await page
      .locator("#notice.error", { hasText: "One value of the link is ignored: batch 77 does not exist" })
      .waitFor();
    await addressSays(page, "");
  },

  "share copies the link, and says what it does not carry": async ({ open, engine, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await open();
    await page.keyboard.press("5");
    await page.keyboard.press("s");
    await tells(page, "Link copied. It holds the sample");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(link.endsWith("#colour=influence"), link);

    const folder = engine.write("mine", { "ring.csv": "source,target\n0,1\n1,2\n2,3\n3,0\n" });
    await page.locator("ibmb-data-panel #files").setInputFiles(`${folder}/ring.csv`);
    await tells(page, "Opened ring");
    const name = await page.locator("ibmb-header .what strong").textContent();
    await page.locator("#share").click();
    await tells(page, `It does not carry the files of ${name}`);
    const mine = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(decodeURIComponent(new URL(mine).hash.slice(1)).split("&")[0], `graph=file:${name}`);

    const other = await open({ hash: `${new URL(mine).hash}&topK=2` });
    await other.locator("#notice.error", { hasText: `Open ${name} here` }).waitFor();
    await other.locator("ibmb-data-panel #files").setInputFiles(`${folder}/ring.csv`);
    const graph = await engine.client.openGraph({
      name: "ring.csv",
      data: new TextEncoder().encode("source,target\n0,1\n1,2\n2,3\n3,0\n"),
    });
    const plan = await graph.plan({ ...PLAN, topK: 2 });
    await other.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
    for (const one of [plan, graph]) one.dispose();
    await other.waitForFunction(() => location.hash.includes("topK=2"));
    assert.equal(
      await other.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').inputValue(),
      "2",
      "the link is followed once its files are open",
    );
  },
};
