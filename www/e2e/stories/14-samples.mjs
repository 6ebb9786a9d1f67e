import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { count, paintedShare, status, until } from "../look.mjs";

const choose = (page, key) => page.locator('ibmb-data-panel [data-option="sample"] select').selectOption(key);

/** The sample as the engine opens it itself. */
const open = (engine, key) =>
  engine.client.openGraph({
    name: `${key}.safetensors`,
    data: new Uint8Array(readFileSync(new URL(`../../dist/samples/${key}.safetensors`, import.meta.url))),
  });

export const stories = {
  "samples: characters with names, without features; a link leads back": async ({
    open: openPage,
    engine,
  }) => {
    const page = await openPage();
    await choose(page, "les-miserables");
    await page.locator("#status", { hasText: "characters" }).waitFor();
    const graph = await open(engine, "les-miserables");
    // The page selects the fourth batch where there are so many.
    const plan = await graph.plan();
    assert.deepEqual([graph.numNodes, graph.numEdges, graph.numFeatures, graph.numClasses], [77, 254, 0, 11]);
    assert.match(
      await status(page),
      new RegExp(
        `predicts ${plan.table.numOutputs[3]} characters .* with ${plan.table.numAuxiliary[3]} auxiliary`,
      ),
    );
    await page.locator("ibmb-header", { hasText: "254 edges" }).waitFor();
    await page.waitForFunction(() => location.hash.includes("graph=les-miserables"));
    await page.evaluate(() => (location.hash = ""));
    await page.locator("#open-sample", { hasText: "Open Cora" }).click();
    await page.locator("#status", { hasText: "papers" }).waitFor();
  },

  "samples: WordNet's 117,791 nodes, chosen and by a link that names no more": async ({
    open: openPage,
    engine,
  }) => {
    const page = await openPage();
    await choose(page, "wordnet");
    await page.locator("#status", { hasText: "synsets" }).waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => location.hash === "#graph=wordnet");
    const linked = await openPage({ hash: "#graph=wordnet" });
    await linked.locator("#status", { hasText: "synsets" }).waitFor({ timeout: 60_000 });
    assert.equal(await status(linked), await status(page));
    const graph = await open(engine, "wordnet");
    const plan = await graph.plan({ outputNodes: "val" });
    assert.deepEqual([graph.numNodes, graph.numEdges, graph.numClasses], [117_791, 184_083, 45]);
    assert.match(
      await status(page),
      new RegExp(
        `predicts ${count(plan.table.numOutputs[3])} synsets .* with ${count(plan.table.numAuxiliary[3])} auxiliary`,
      ),
    );
    await page.locator("ibmb-header", { hasText: "117,791" }).waitFor();
    await until(
      () => paintedShare(page),
      ({ colours }) => colours > 20,
      "the map is drawn",
    );
    plan.dispose();
    graph.dispose();
  },
};
