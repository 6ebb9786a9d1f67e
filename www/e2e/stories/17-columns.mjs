import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { PLAN } from "../engine.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const choose = (page, name, text) =>
  page
    .locator("ibmb-data-panel #files")
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const pick = (page, name, value) =>
  page.locator(`ibmb-columns [data-option="${name}"] select`).selectOption(value);
const valueIn = (page, name) => page.locator(`ibmb-columns [data-option="${name}"] select`).inputValue();

/** What the engine plans of the file with these options. */
async function digestOf({ client }, name, text, options) {
  const graph = await client.openGraph({ name, data: new TextEncoder().encode(text) }, options);
  const plan = await graph.plan(PLAN);
  const { digest } = plan.stats;
  for (const one of [plan, graph]) one.dispose();
  return digest;
}

const TRIPS = `day,origin,stop,km\n${Array.from({ length: 40 }, (_, i) => `${(i % 5) + 1},${i},${(i * 7 + 3) % 40},${(i % 9) + 0.5}\n`).join("")}`;

export const stories = {
  "an edge list that leaves its columns open is asked about, and opened as it is said": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await choose(page, "trips.csv", TRIPS);
    const dialog = page.locator("ibmb-columns dialog[open]");
    await dialog.waitFor();
    await dialog
      .locator("#doubts", {
        hasText: "the header names no source and target: the first two of 4 columns are taken",
      })
      .waitFor();
    assert.equal(
      await page.locator("#chip-plan").getAttribute("data-digest"),
      engine.plan.stats.digest,
      "nothing is opened yet",
    );
    assert.deepEqual(await dialog.locator("thead th").allInnerTexts(), ["1 source", "2 target", "3", "4"]);
    assert.deepEqual(await dialog.locator("tbody tr").nth(1).locator("td").allInnerTexts(), [
      "1",
      "0",
      "3",
      "0.5",
    ]);
    assert.deepEqual(
      [await valueIn(page, "delimiter"), await valueIn(page, "header"), await valueIn(page, "ids")],
      ["comma", "yes", "integers"],
    );
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      window.axe.run(document, { resultTypes: ["violations"] }),
    );
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );

    await pick(page, "source", "1");
    await pick(page, "target", "2");
    await dialog.locator("#doubts").waitFor({ state: "detached" });
    await pick(page, "weight", "3");
    await dialog.locator("thead th", { hasText: "4 weight" }).waitFor();
    await dialog.locator("#open").click();
    const wanted = await digestOf(engine, "trips.csv", TRIPS, {
      edgeList: { source: 1, target: 2, weight: 3 },
      weights: "use",
    });
    await page.locator(`#chip-plan[data-digest="${wanted}"]`).waitFor();
    await page.locator("ibmb-header .what", { hasText: "40 nodes" }).waitFor();
    assert.equal(await page.locator('ibmb-data-panel [data-option="weights"] select').inputValue(), "use");

    // On demand, with what was said before.
    await page.locator("ibmb-data-panel #columns").click();
    await dialog.waitFor();
    await page.waitForFunction(() =>
      document
        .querySelector("ibmb-explorer")
        .shadowRoot.querySelector("ibmb-columns")
        ?.shadowRoot.querySelector("thead")
        ?.innerText.includes("4 weight"),
    );
    assert.deepEqual(
      [await valueIn(page, "source"), await valueIn(page, "target"), await valueIn(page, "weight")],
      ["1", "2", "3"],
    );
    await pick(page, "weight", "");
    await pick(page, "target", "0");
    await dialog.locator("thead th", { hasText: "1 target" }).waitFor();
    await dialog.locator("#open").click();
    const other = await digestOf(engine, "trips.csv", TRIPS, {
      edgeList: { source: 1, target: 0 },
      weights: "use",
    });
    await page.locator(`#chip-plan[data-digest="${other}"]`).waitFor();
  },

  "what is plain opens at once; a dialog that is left changes nothing, and what cannot be read is said in it":
    async ({ open, engine }) => {
      const page = await open();
      const header = "person,friend\nAnn,Bob\nBob,Carl\nCarl,Ann\n";
      await choose(page, "friends.csv", header);
      const dialog = page.locator("ibmb-columns dialog[open]");
      await dialog.locator("#doubts", { hasText: "it may be a header" }).waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), engine.plan.stats.digest);
      await choose(page, "friends.csv", header);
      await dialog.locator("#doubts").waitFor();
      await pick(page, "header", "yes");
      await dialog.locator("#kind", { hasText: "comma, header, string ids" }).waitFor();
      await pick(page, "delimiter", "tab");
      await dialog.locator("#problem", { hasText: "the row has 1 field, an edge needs 2" }).waitFor();
      assert.ok(await dialog.locator("#open").isDisabled());
      await pick(page, "delimiter", "comma");
      await dialog.locator("#open:enabled").click();
      await page.locator("ibmb-header .what", { hasText: "3 nodes · 3 edges" }).waitFor();

      await choose(page, "plain.csv", "0,1\n1,2\n2,3\n");
      await page.locator("ibmb-header .what", { hasText: "4 nodes · 3 edges" }).waitFor();
      assert.equal(await dialog.count(), 0);
    },

  "a Parquet table opens on the page, and its columns can be chosen": async ({ open, engine }) => {
    const page = await open();
    const path = fileURLToPath(new URL("../../../tests/cases/files/parquet/edges.parquet", import.meta.url));
    const data = new Uint8Array(readFileSync(path));
    await page.locator("ibmb-data-panel #files").setInputFiles(path);
    await page.locator("ibmb-header .what", { hasText: "34 nodes · 78 edges" }).waitFor();
    await page.locator("ibmb-data-panel #columns").click();
    const dialog = page.locator("ibmb-columns dialog[open]");
    await dialog.locator("#kind", { hasText: "As edge list, Parquet, integer ids." }).waitFor();
    assert.deepEqual(await dialog.locator("tbody tr").first().locator("td").allInnerTexts(), [
      "source",
      "target",
      "weight",
    ]);
    assert.equal(await dialog.locator('[data-option="delimiter"]').count(), 0);
    await pick(page, "weight", "2");
    await dialog.locator("thead th", { hasText: "3 weight" }).waitFor();
    await dialog.locator("#open").click();
    const graph = await engine.client.openGraph({ name: "edges.parquet", data }, { weights: "use" });
    const plan = await graph.plan(PLAN);
    await page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
    for (const one of [plan, graph]) one.dispose();
    // Packed with what is loaded for it alone.
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles(path.replace("edges.parquet", "brotli.parquet"));
    await dialog.locator("thead th", { hasText: "2 target" }).waitFor();
    assert.deepEqual(await dialog.locator("tbody tr").first().locator("td").allInnerTexts(), [
      "person",
      "friend",
      "said",
      "noise",
    ]);
    await dialog.locator("#open").click();
    await page.locator("ibmb-data-panel .title", { hasText: "brotli" }).waitFor();
    await page.locator("ibmb-header .what", { hasText: "34 nodes · 78 edges" }).waitFor();
  },

  "a file that was taken for something else is read as the user says": async ({ open, engine }) => {
    const page = await open();
    // Names that look like a header of nodes: it is no node table, and alone it has no edges.
    const text = "node,label\na,b\nb,c\nc,a\n";
    await choose(page, "pairs.csv", text);
    await page.locator("#notice.error").waitFor();
    await choose(page, "broken.csv", "source,target\n0,1\n1,-5\n");
    await page.locator("#notice.error", { hasText: "broken.csv, line 3" }).waitFor();
    await page.locator("#read-as").click();
    const dialog = page.locator("ibmb-columns dialog[open]");
    await dialog.locator("#kind").waitFor();
    await pick(page, "ids", "names");
    await dialog.locator("#open").click();
    await page.locator("ibmb-header .what", { hasText: "3 nodes · 2 edges" }).waitFor();
    const graph = await engine.client.openGraph(
      { name: "broken.csv", data: new TextEncoder().encode("source,target\n0,1\n1,-5\n") },
      { edgeList: { ids: "names" } },
    );
    assert.deepEqual(graph.nodeNames, ["0", "1", "-5"]);
    graph.dispose();
    await page.locator("ibmb-data-panel #columns").click();
    await pick(page, "format", "gml");
    await dialog.locator("#kind", { hasText: "graph (GML)" }).waitFor();
    await dialog.locator("#open").click();
    await page.locator("#notice.error", { hasText: "Your open graph is unchanged." }).waitFor();
    await page.locator("ibmb-header .what", { hasText: "3 nodes · 2 edges" }).waitFor();
  },
};
