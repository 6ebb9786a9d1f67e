import assert from "node:assert/strict";
import { count, setOption } from "../look.mjs";
import { tells } from "../watch.mjs";

const BATCH = 3;
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const why = (page, selector, options) => page.locator(`ibmb-why ${selector}`, options);
const text = async (locator) => (await locator.innerText()).replace(/\s+/g, " ").trim();

/** The auxiliary node of greatest score in the batch that opens first, and the output it serves best. */
async function strongest(engine) {
  const batch = await engine.plan.batch(BATCH);
  const places = [...batch.nodes.keys()].filter((i) => !batch.isOutput[i]);
  const at = places.reduce((best, i) => (batch.scores[i] > batch.scores[best] ? i : best));
  return { batch, node: batch.nodes[at], output: batch.bestOutput[at] };
}

/** Walks through the batch by keyboard until a node is selected. */
async function select(page, batch, node) {
  const order = [...batch.nodes.keys()].sort((a, b) => batch.scores[b] - batch.scores[a] || a - b);
  await page.locator("ibmb-map canvas").focus();
  for (let step = order.findIndex((i) => batch.nodes[i] === node); step >= 0; step--)
    await page.keyboard.press("ArrowRight");
  await page.locator("ibmb-batch-panel #node", { hasText: `node ${node}` }).waitFor();
}

/** Loads the small model of the engine. */
async function load(page, engine) {
  const { model, path } = await engine.model();
  await page.locator("ibmb-model-panel #weights").setInputFiles(path);
  await tells(page, "Loaded");
  return model;
}

export const stories = {
  "an auxiliary node names the outputs that selected it, along which paths, and what would be without it":
    async ({ open, engine }) => {
      const page = await open();
      const { batch, node, output } = await strongest(engine);
      const model = await load(page, engine);
      await select(page, batch, node);
      const reasons = await engine.plan.why(BATCH, node);
      const asked = reasons.asked.reduce((sum, one) => sum + one, 0);
      await why(page, ".outputs li").first().waitFor();
      assert.match(
        await text(why(page, "section").first()),
        new RegExp(`${count(asked)} of ${count(batch.outputNodes.length)} outputs selected it`),
      );
      const rows = (await why(page, ".outputs li").allTextContents()).map((row) => row.replace(/\s+/g, " "));
      rows.forEach((row, i) => {
        assert.ok(row.includes(`node ${reasons.outputs[i]}`), row);
        assert.ok(row.includes(reasons.scores[i].toFixed(4)), row);
        assert.ok(row.includes(`rank ${reasons.ranks[i]}${reasons.asked[i] ? " ✓" : ""}`), row);
      });
      for (const other of reasons.batches)
        if (other !== BATCH)
          await why(page, "button", { hasText: String(other) })
            .first()
            .waitFor();

      const paths = await engine.graph.paths(output, node, { alpha: 0.25, k: 3, within: batch.nodes });
      await why(page, ".path").first().waitFor();
      assert.equal(await why(page, ".path").count(), paths.length);
      const first = await why(page, ".path").first().locator("button").allInnerTexts();
      assert.deepEqual(
        first.map((name) => Number(name.match(/\d+/)[0])),
        [...paths[0].nodes],
      );
      assert.ok(
        (await text(why(page, ".path .share").first())).includes(
          percent(paths[0].strength / reasons.scores[0]),
        ),
      );

      // Another output: its own paths.
      const second = await engine.graph.paths(reasons.outputs[1], node, {
        alpha: 0.25,
        k: 3,
        within: batch.nodes,
      });
      await why(page, ".outputs li").nth(1).locator("button", { hasText: "paths" }).click();
      await page.locator("ibmb-why #paths", { hasText: `from node ${reasons.outputs[1]}` }).waitFor();
      await why(page, ".path").first().waitFor();
      assert.ok(
        (await text(why(page, ".path .share").first())).includes(
          percent(second[0].strength / reasons.scores[1]),
        ),
      );
      await why(page, ".outputs li").first().locator("button", { hasText: "paths" }).click();
      await page.locator("ibmb-why #paths", { hasText: `from node ${output}` }).waitFor();

      await why(page, "label.without input").check();
      await why(page, "#trial strong").first().waitFor();
      const { withNode, withoutNode } = await engine.plan.inferWithout(model, BATCH, node);
      const at = withNode.nodes.indexOf(output);
      const said = ({ predictions, probabilities, numClasses }) =>
        percent(probabilities[at * numClasses + predictions[at]]);
      const trial = await text(why(page, "#trial"));
      assert.match(trial, new RegExp(`With node ${node}: .*${said(withNode)}`));
      assert.ok(
        trial.includes(
          `Without: ${engine.graph.classNames[withoutNode.predictions[at]].replaceAll("_", " ")} ${said(withoutNode)}`,
        ),
        trial,
      );
      const changed = withNode.predictions.filter((c, i) => c !== withoutNode.predictions[i]).length;
      assert.ok(trial.includes(changed === 0 ? "None of" : `${changed} of`), trial);
      await why(page, "label.without input").uncheck();
      await why(page, "#trial").waitFor({ state: "detached" });

      // A node of a path leads to that node.
      await why(page, ".path").first().locator("button").first().click();
      await page.locator("ibmb-batch-panel #node", { hasText: `node ${output}` }).waitFor();
    },

  "an output shows what its batch holds and how PPR agrees with the exact influence": async ({
    open,
    engine,
  }) => {
    const page = await open();
    const { batch, output } = await strongest(engine);
    const model = await load(page, engine);
    await select(page, batch, output);
    const around = await engine.plan.neighbourhood(BATCH, { outputs: [output], leftOut: 12 });
    await why(page, "#captured").waitFor();
    assert.equal(
      await text(why(page, "#captured")),
      percent(batch.capturedMass[batch.outputNodes.indexOf(output)]),
    );
    assert.equal(await text(why(page, "#left-out")), percent(around.reachedMass - around.capturedMass));
    const left = [...around.nodes.keys()].filter((i) => !around.isChosen[i]);
    const rows = await why(page, ".outputs li").allInnerTexts();
    rows.forEach((row, i) =>
      assert.ok(
        row.includes(`node ${around.nodes[left[i]]}`) && row.includes(`rank ${around.rank[left[i]]}`),
        row,
      ),
    );

    const exact = await engine.graph.exactInfluence(model, output, { alpha: 0.25, eps: 1e-4, k: 16 });
    await why(page, "#correlation").waitFor();
    assert.equal(await text(why(page, "#correlation")), exact.rankCorrelation.toFixed(2));
    assert.equal(await text(why(page, "#overlap")), percent(exact.topKOverlap, 0));
    const all = exact.scores.reduce((sum, score) => sum + score, 0);
    const top = await engine.graph.influencers(output, { alpha: 0.25, eps: 1e-4, k: 10 });
    const bars = await why(page, ".influencers li").allInnerTexts();
    top.nodes.forEach((node, i) => {
      const at = exact.nodes.indexOf(node);
      assert.ok(bars[i].includes(percent(top.scores[i])), bars[i]);
      assert.ok(bars[i].includes(at < 0 ? "beyond 2 layers" : percent(exact.scores[at] / all)), bars[i]);
    });

    await why(page, "#compare").click();
    await why(page, "#scatter svg").waitFor();
    const drawable = exact.nodes.filter((_, i) => exact.scores[i] > 0 && exact.ppr[i] > 0).length;
    assert.equal(await why(page, "#scatter circle").count(), drawable);
    await why(page, "ibmb-why-scatter summary").click();
    assert.equal(await why(page, "ibmb-why-scatter tbody tr").count(), Math.min(200, exact.nodes.length));
  },

  "a graph without features, labels or edges still says why": async ({ open, engine }) => {
    const page = await open();
    const long = "n".repeat(300);
    const folder = engine.write("why", { "edges.csv": `source,target\n${long},b\nb,c\nlone,lone\n` });
    await page.locator("ibmb-data-panel #files").setInputFiles(`${folder}/edges.csv`);
    await tells(page, "Opened");
    await setOption(page, "topK", 2);
    await page.locator("#status", { hasText: "predicts" }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    const seen = new Set();
    let before = "";
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press("ArrowRight");
      const name = await page
        .locator(`ibmb-batch-panel #node:not([title="${before}"])`)
        .getAttribute("title");
      before = name;
      await why(page, ".influencers li").first().waitFor();
      await why(page, "#agree").waitFor();
      assert.match(await text(why(page, "section").last()), /this graph has none/);
      if (name === "lone") await why(page, "p", { hasText: "no edge leads to it" }).waitFor();
      assert.equal(
        await page.locator(".rail.details").evaluate((rail) => rail.scrollWidth - rail.clientWidth),
        0,
        name,
      );
      seen.add(name);
    }
    assert.deepEqual([...seen].sort(), ["b", "c", "lone", long]);
  },
};
