import assert from "node:assert/strict";
import { wasShown, watch } from "../watch.mjs";

/** Fingerprint of the sorted edges of 1,000 nodes, 4,000 draws, 4 classes, by an independent generator in Python. */
const PUBLISHED = "950552990494fb3ce47430b5d9e0ccc9109ae212aa50548ec815a5aeee35e80f";

const form = (page) => page.locator("ibmb-planting");
const set = async (page, name, value) => {
  const field = form(page).locator(`[data-option="${name}"] input[type=number]`);
  await field.fill(String(value));
  await field.press("Enter");
};
const problem = (page, name) => form(page).locator(`[data-option="${name}"] .problem`);
const openForm = async (page) => {
  await page.locator("ibmb-data-panel summary", { hasText: "Make a synthetic graph" }).click();
  await form(page).locator("#make").waitFor();
};
const make = (page) => form(page).locator("#make").click();
const shown = (page, nodes) => page.locator("ibmb-header", { hasText: nodes }).waitFor({ timeout: 60_000 });

/** SHA-256 of the edges that the page has. */
const fingerprint = (page) =>
  page.evaluate(async () => {
    const { edges } = document.querySelector("ibmb-explorer").app.graph;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", edges));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  });

export const stories = {
  "a synthetic graph has the edges of the published stream, and a link makes it again": async ({ open }) => {
    const page = await open();
    await openForm(page);
    await set(page, "numNodes", 1000);
    await set(page, "numDraws", 4000);
    await set(page, "numClasses", 4);
    await make(page);
    await shown(page, "1,000 nodes");
    assert.equal(await fingerprint(page), PUBLISHED);
    await page.locator("ibmb-header", { hasText: "3,906 edges" }).waitFor();
    await page.waitForFunction(
      () => decodeURIComponent(location.hash) === "#graph=planted:1000,4000,4,0.8,1,100,0.2",
    );
    // Plans, training and runs follow as on any graph.
    await page.locator("#plan-result").waitFor();
    await page.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').fill("9");
    await page.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').press("Enter");
    await page.waitForFunction(() => location.hash.includes("topK=9"));
    const again = await open({ hash: await page.evaluate(() => location.hash) });
    await shown(again, "1,000 nodes");
    assert.equal(await fingerprint(again), PUBLISHED);
    assert.equal(
      await again.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').inputValue(),
      "9",
    );
    // The form has the numbers of the open graph; files say nothing about how it is read.
    await openForm(again);
    assert.equal(
      await form(again).locator('[data-option="numDraws"] input[type=number]').inputValue(),
      "4000",
    );
    assert.equal(await again.locator('ibmb-data-panel > * [data-option="directed"]').count(), 0);
    await again.locator('ibmb-data-panel [data-option="sample"] select').selectOption("karate");
    await shown(again, "34 nodes");
  },

  "numbers that make no graph are named, and nothing is lost": async ({ open }) => {
    const page = await open();
    await openForm(page);
    await set(page, "homophily", 1.5);
    assert.equal(await problem(page, "homophily").textContent(), "homophily must be a number from 0 to 1.");
    assert.ok(await form(page).locator("#make").isDisabled());
    await set(page, "homophily", 0.5);
    await set(page, "numNodes", 1001);
    await make(page);
    assert.equal(
      await problem(page, "numNodes").textContent(),
      "numNodes must be a multiple of the 10 classes, for example 1000.",
    );
    await set(page, "numNodes", 1000);
    await set(page, "numFeatures", 9);
    await make(page);
    assert.match(await problem(page, "numFeatures").textContent(), /at least as many as the 10 classes/);
    await set(page, "numFeatures", 10);
    await set(page, "numNodes", 20_000_000);
    await make(page);
    // 100 million edges at 72 bytes and 20 million nodes at 32.
    const banner = page.locator("[role=alert]", {
      hasText: "estimated bytes to make the graph: 7840000000 exceeds the limit of 3221225472",
    });
    await banner.waitFor();
    assert.match(await banner.textContent(), /Your open graph is unchanged/);
    await shown(page, "2,708 nodes");
    const link = await open({ hash: "#graph=planted:1001,4000,4,0.8,1,100,0.2" });
    await link
      .locator("[role=alert]", { hasText: "graph planted:1001,4000,4,0.8,1,100,0.2 is not known." })
      .waitFor();
    await shown(link, "2,708 nodes");
  },

  "making a synthetic graph of a million nodes is told of and cancelled": async ({ open }) => {
    const page = await open();
    await openForm(page);
    await set(page, "numNodes", 1_000_000);
    // The page itself cancels as soon as it tells how far it is.
    const progress = "ibmb-data-panel ibmb-progress";
    await watch(page, "ibmb-planting #make:disabled");
    await watch(page, progress, { words: "of 5,000,000", press: "ibmb-progress + button" });
    await make(page);
    await wasShown(page, progress, /drawing [\d,]+ of 5,000,000/);
    await wasShown(page, "ibmb-planting #make:disabled", "");
    await page.locator('ibmb-data-panel [data-option="sample"]').waitFor();
    await shown(page, "2,708 nodes");
    await set(page, "numNodes", 100_000);
    await make(page);
    await shown(page, "100,000 nodes");
    // Another fingerprint of the same generator.
    assert.equal(await fingerprint(page), "84e1e762a36a45cd575bf49be25e9cb7bdfc790502b9cf0523612a068ff8f38d");
    assert.equal(
      await page.locator('ibmb-plan-panel [data-option="outputNodes"] select').inputValue(),
      "train",
    );
  },
};
