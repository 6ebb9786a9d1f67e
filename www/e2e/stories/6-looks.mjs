import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { comesTo } from "../look.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function faults(page) {
  // Colours on their way are those of no state.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.flat().join(" ")} ${failureSummary}`)
        .join("; ")}`,
  );
}

const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Opens what can be opened, and finds nothing to complain of in any of it. */
async function passesAxe({ open, engine }, options) {
  const page = await open(options);
  const panel = page.locator("ibmb-model-panel");
  await panel.locator("#train-here").click();
  await panel.locator("#more summary").click();
  await panel.locator('[data-option="arch"] select').selectOption("gat");
  await panel.locator('[data-option="over"] select').selectOption("plan");
  for (const name of ["plateau", "earlyStop"]) await panel.locator(`[data-option="${name}"] input`).check();
  await page.locator("ibmb-data-panel summary", { hasText: "Import report" }).click();
  await page.locator("#save summary").click();
  await page.locator("ibmb-save #save-selection").waitFor();
  await page.locator("ibmb-map canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator(".influencers li").first().waitFor();
  await page.locator("ibmb-map .legend button", { hasText: "auxiliary" }).click();
  await page.locator("ibmb-map .legend button", { hasText: "select them" }).click();
  await page.locator("ibmb-map #selection").waitFor();
  await page.locator("#search").fill("neural");
  await page.locator("ibmb-search li").first().waitFor();
  assert.deepEqual(await faults(page), [], JSON.stringify(options));
  await page.locator("#search").fill("");
  await page.locator("ibmb-plan-panel summary").click();
  for (const method of ["batch-wise", "random", "node-wise"]) {
    await page.locator('[data-option="method"] select').selectOption(method);
    const wrong = page.locator(
      `ibmb-plan-panel [data-option="${method === "node-wise" ? "nodesPerBatch" : "seed"}"] input`,
    );
    await wrong.fill("-1");
    await wrong.blur();
    await page.locator("ibmb-plan-panel .problem").waitFor();
    assert.deepEqual(await faults(page), [], `${method} ${JSON.stringify(options)}`);
  }
  await page.locator("ibmb-plan-panel button", { hasText: "defaults" }).click();
  // Another plan lets go of a run: it begins when the plan of the defaults is there.
  await page.locator(`#chip-plan[data-digest="${engine.plan.stats.digest}"]`).waitFor({ state: "attached" });
  await panel.locator("#how summary").click();
  await panel.locator("#run:enabled").click();
  await panel.locator("#summary").waitFor();
  for (const [tab, drawn, element] of [
    ["batches", "[data-column=agreement]", "ibmb-batch-table"],
    ["schedule", "#order li", "ibmb-schedule"],
    ["figures", "#overlap canvas", "ibmb-figures"],
    ["run", "#calibration .diagram", "ibmb-run"],
  ]) {
    await page.locator(`ibmb-drawer #tab-${tab}`).click();
    await page.locator(drawn).first().waitFor();
    const view = page.locator(element);
    for (const summary of await view.locator("summary").all()) await summary.click();
    assert.deepEqual(await faults(page), [], `${tab} ${JSON.stringify(options)}`);
    assert.equal(
      await view.evaluate((one) => one.scrollWidth - one.clientWidth),
      0,
      `${tab} ${JSON.stringify(options)} scrolls sideways`,
    );
  }
  assert.equal(await sideways(page), 0, `${JSON.stringify(options)} scrolls sideways`);
  const inside = await page.locator(".rail.setup").evaluate((rail) => rail.scrollWidth - rail.clientWidth);
  assert.equal(inside, 0, `${JSON.stringify(options)} scrolls the setup sideways`);
}

/** The same of what a node's reasons and rings can open. */
async function whyPassesAxe({ open }, options) {
  const page = await open(options);
  await page.locator("ibmb-map canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator("ibmb-why #compare").click();
  await page.locator("ibmb-why #scatter svg").waitFor();
  await page.locator("ibmb-why ibmb-why-scatter summary").click();
  await page.keyboard.press("r");
  await page.locator("ibmb-rings .mark").first().waitFor();
  for (const summary of await page.locator("ibmb-rings summary").all()) await summary.click();
  assert.deepEqual(await faults(page), [], JSON.stringify(options));
  assert.equal(await sideways(page), 0, `${JSON.stringify(options)} scrolls sideways`);
  const inside = await page.locator(".rail.details").evaluate((rail) => rail.scrollWidth - rail.clientWidth);
  assert.equal(inside, 0, `${JSON.stringify(options)} scrolls the details sideways`);
}

export const stories = {
  "light passes axe": (given) => passesAxe(given, { colorScheme: "light" }),
  "dark passes axe": (given) => passesAxe(given, { colorScheme: "dark" }),
  "a phone passes axe": (given) => passesAxe(given, { viewport: { width: 390, height: 844 } }),

  "reasons and rings pass axe": (given) => whyPassesAxe(given, { colorScheme: "light" }),
  "reasons and rings pass axe in the dark on a phone": (given) =>
    whyPassesAxe(given, { colorScheme: "dark", viewport: { width: 390, height: 844 } }),

  "the theme changes with its button and is remembered": async ({ open }) => {
    const page = await open({ colorScheme: "light" });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.locator("#theme").click();
    assert.equal(await ground(), light, "system, then light");
    await page.locator("#theme").click();
    assert.notEqual(await ground(), light);
    await page.reload();
    await page.locator("#status", { hasText: "predicts" }).waitFor();
    assert.notEqual(await ground(), light);
    await page.locator("#theme").click();
    assert.equal(await ground(), light, "back to the system's");
  },

  "the tabs of the drawer are walked by keyboard": async ({ open }) => {
    const page = await open();
    await page.locator("#tab-batches").focus();
    const selected = () => page.locator('ibmb-drawer [role=tab][aria-selected="true"]').getAttribute("id");
    for (const [key, tab] of [
      ["ArrowRight", "schedule"],
      ["ArrowRight", "figures"],
      ["ArrowRight", "training"],
      ["ArrowRight", "run"],
      ["ArrowRight", "compare"],
      ["ArrowRight", "batches"],
      ["ArrowLeft", "compare"],
      ["ArrowLeft", "run"],
      ["ArrowLeft", "training"],
      ["ArrowLeft", "figures"],
      ["ArrowLeft", "schedule"],
    ]) {
      await page.keyboard.press(key);
      await comesTo(selected, `tab-${tab}`);
    }
    await page.locator("ibmb-schedule #order li").first().waitFor();
    const inside = () =>
      page.evaluate(() => {
        let at = document.activeElement;
        const path = [];
        while (at) {
          path.push(at.localName + (at.id ? `#${at.id}` : ""));
          at = at.shadowRoot?.activeElement;
        }
        return path.join(" ");
      });
    const reached = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      reached.push(await inside());
    }
    for (const part of [
      "ibmb-schedule ibmb-choice-field select#choice",
      "ibmb-schedule ibmb-number-field input#text",
      "ibmb-schedule ol#order",
      "ibmb-schedule button",
      "ibmb-schedule summary",
    ]) {
      assert.ok(
        reached.some((path) => path.endsWith(part)),
        `${part} in ${reached.join("\n")}`,
      );
    }
  },

  "a narrow page has sheets, a phone one column": async ({ open }) => {
    const page = await open({ viewport: { width: 1024, height: 768 } });
    const plan = page.locator("ibmb-plan-panel");
    assert.equal(await plan.isVisible(), false);
    await page.locator("ibmb-header button", { hasText: "Setup" }).click();
    assert.equal(await plan.isVisible(), true);
    assert.equal(
      await page.locator(".rail.setup").evaluate((rail) => rail.scrollWidth - rail.clientWidth),
      0,
      "the sheet scrolls sideways",
    );
    await page.keyboard.press("Escape");
    assert.equal(await plan.isVisible(), false);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      const outside = () =>
        page
          .locator("ibmb-header #help, .rail.setup, .rail.details, ibmb-drawer, ibmb-map")
          .evaluateAll((all) =>
            all
              .filter(
                (one) =>
                  one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 ||
                  one.getBoundingClientRect().left < 0,
              )
              .map((one) => one.className || one.id),
          );
      await comesTo(outside, [], `${width} px cuts these off`);
      await comesTo(() => sideways(page), 0, `${width} px scrolls sideways`);
      assert.equal(await plan.isVisible(), true);
    }
  },
};
