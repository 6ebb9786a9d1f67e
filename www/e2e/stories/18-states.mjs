/** States that a page should be drawn for on purpose. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadedAhead, setOption, status } from "../look.mjs";
import { tells } from "../watch.mjs";

const TABS = ["batches", "schedule", "figures", "training", "run", "compare"];
const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function openFiles(page, folder, ...names) {
  await page.locator("ibmb-data-panel #files").setInputFiles(names.map((name) => `${folder}/${name}`));
  await tells(page, "Opened");
}

/** A ring of nodes with these names. */
const ring = (names) =>
  `source,target\n${names.map((name, i) => `${name},${names[(i + 1) % names.length]}`).join("\n")}\n`;

export const stories = {
  "a batch without auxiliary nodes and isolated outputs are told in words": async ({ open, engine }) => {
    const page = await open();
    // Two nodes that have each other, and two that have nobody.
    const folder = engine.write("alone", {
      "edges.csv": "source,target\na,b\n",
      "nodes.csv": "id,label\na,x\nb,y\nlone,x\nhermit,y\n",
    });
    await openFiles(page, folder, "edges.csv", "nodes.csv");
    await setOption(page, "outputsPerBatch", 2);
    await page.locator("#chip-plan", { hasText: "2 batches" }).waitFor();
    const graph = await engine.client.openGraph(
      ["edges.csv", "nodes.csv"].map((name) => ({ name, data: readFileSync(`${folder}/${name}`) })),
    );
    const plan = await graph.plan({ outputsPerBatch: 2 });
    const told = [];
    for (const batch of [0, 1]) {
      await page.locator(`ibmb-batch-table #row-${batch}`).click();
      await page.locator("#status", { hasText: `Batch ${batch} predicts` }).waitFor();
      told.push(await status(page));
    }
    told.forEach((text, batch) => {
      assert.equal(plan.table.numAuxiliary[batch], 0);
      // What is missing to 1 is below the tolerance of the push.
      const held =
        plan.table.capturedMass[batch] < 1
          ? Math.min(99, Math.round(100 * plan.table.capturedMass[batch]))
          : 100;
      assert.equal(
        text,
        `Batch ${batch} predicts 2 nodes ● without any auxiliary node; ${held} % of the influence on them is captured by the batch.`,
      );
    });
    for (const one of [plan, graph]) one.dispose();
    await page
      .locator("ibmb-data-panel", { hasText: "2 nodes without neighbours" })
      .waitFor({ state: "attached" });
    await page.keyboard.press("r");
    await page.locator("#status", { hasText: "no node with influence is left out" }).waitFor();
    assert.equal(await page.locator("ibmb-rings .mark").count(), 2);
  },

  "sixty classes without names: the legend has some, says how many more, and all are found": async ({
    open,
    engine,
  }) => {
    const page = await open();
    const nodes = [...Array(600).keys()];
    const folder = engine.write("sixty", {
      "edges.csv": `source,target\n${nodes.map((i) => `${i},${(i + 1) % 600}`).join("\n")}\n`,
      "labels.csv": `node,label\n${nodes.map((i) => `${i},${i % 60}`).join("\n")}\n`,
    });
    await openFiles(page, folder, "edges.csv", "labels.csv");
    await page.keyboard.press("2");
    const legend = page.locator("ibmb-map .legend");
    await legend.locator("span", { hasText: "and 48 more" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("57");
    const hits = page.locator("ibmb-search li");
    await hits.filter({ hasText: "class, 10 nodes" }).first().waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await legend.evaluate((one) => one.scrollWidth - one.clientWidth), 0);
    await page.locator("ibmb-drawer #tab-figures").click();
    await page.locator("ibmb-figures h3", { hasText: "Classes of batch" }).waitFor();
    assert.equal(await sideways(page), 0);
  },

  "names of 300 characters, from right to left and with emoji stay whole, and leave the words around them in place":
    async ({ open, engine }) => {
      const page = await open();
      const names = ["שלום עולם", "مرحبا", "👩‍👩‍👧‍👦 family", "n".repeat(300), "plain"];
      const folder = engine.write("names", { "edges.csv": ring(names) });
      await openFiles(page, folder, "edges.csv");
      await page.locator("ibmb-map canvas").focus();
      const seen = new Set();
      let before = "";
      for (const _ of names) {
        await page.keyboard.press("ArrowRight");
        before = await page.locator(`ibmb-batch-panel #node:not([title="${before}"])`).getAttribute("title");
        seen.add(before);
        await page.locator("ibmb-why .influencers li").first().waitFor();
        assert.equal(
          await page.locator(".rail.details").evaluate((rail) => rail.scrollWidth - rail.clientWidth),
          0,
          before,
        );
      }
      assert.deepEqual([...seen].sort(), [...names].sort());
      // In the sentence the words that follow a name from right to left stand to its right.
      await page.keyboard.press("r");
      await page.locator("ibmb-rings .mark").first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("שלום");
      await page.keyboard.press("Enter");
      await page.locator("ibmb-rings .segments button", { hasText: "שלום" }).click();
      await page.locator("#status", { hasText: /שלום.*in the middle/ }).waitFor();
      const [name, mark] = await page.locator("ibmb-map #status").evaluate((one) => {
        const node = [...one.childNodes].find((child) => child.textContent.includes("שלום"));
        const at = (word) => {
          const range = document.createRange();
          range.setStart(node, node.textContent.indexOf(word));
          range.setEnd(node, node.textContent.indexOf(word) + 1);
          return range.getBoundingClientRect();
        };
        return [at("ש").right, one.querySelector(".sign").getBoundingClientRect().left];
      });
      assert.ok(mark >= name - 0.5, `the mark at ${mark} follows the name that ends at ${name}`);
    },

  "at 200 % zoom and at 320 pixels every view is there and nothing scrolls sideways": async ({ open }) => {
    const page = await open();
    // 1440 x 900 at 200 %.
    for (const [width, height] of [
      [720, 450],
      [320, 568],
    ]) {
      await page.setViewportSize({ width, height });
      const map = await page.locator("ibmb-map canvas").boundingBox();
      assert.ok(
        map.height >= 90 && map.width >= 250,
        `the map has ${Math.round(map.width)} x ${Math.round(map.height)} at ${width}`,
      );
      for (const tab of TABS) {
        const button = page.locator(`ibmb-drawer #tab-${tab}`);
        await button.click();
        await page.locator(`ibmb-drawer #panel[aria-labelledby="tab-${tab}"] > :defined`).waitFor();
        // The selected tab is in sight, and so is the button that closes.
        const [list, one] = [
          await page.locator("ibmb-drawer [role=tablist]").boundingBox(),
          await button.boundingBox(),
        ];
        assert.ok(
          one.x >= list.x - 0.5 && one.x + one.width <= list.x + list.width + 0.5,
          `${tab} is cut off at ${width}`,
        );
        assert.equal(await sideways(page), 0, `${tab} at ${width}`);
      }
      const hidden = await page
        .locator("ibmb-header button:visible")
        .evaluateAll((all) =>
          all
            .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
            .map((one) => one.id),
        );
      assert.deepEqual(hidden, [], `${width}`);
    }
  },

  "without a connection all that was not looked at yet is there": async ({ open, context }) => {
    const page = await open();
    await loadedAhead(page);
    await context.setOffline(true);
    try {
      for (const [tab, part] of [
        ["schedule", "#order li"],
        ["figures", "#overlap canvas"],
        ["compare", "#run"],
      ]) {
        await page.locator(`ibmb-drawer #tab-${tab}`).click();
        await page.locator(`ibmb-drawer ${part}`).first().waitFor();
      }
      await page.locator("ibmb-model-panel #train-here").click();
      await setOption(page, "epochs", 3, "ibmb-model-panel");
      await page.locator("ibmb-model-panel #train").click();
      await page.locator("ibmb-training-chart #loss svg").waitFor();
      await page.locator("ibmb-model-panel #run:enabled").click();
      await page.locator("ibmb-model-panel #summary").waitFor();
      await page.keyboard.press("r");
      await page.locator("ibmb-rings .mark").first().waitFor();
    } finally {
      await context.setOffline(false);
    }
  },

  "what is not loaded yet is loaded when it is opened": async ({ open }) => {
    // A page that never has time to spare loads nothing ahead.
    const page = await open({ script: () => (window.requestIdleCallback = () => 0) });
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("ibmb-why #compare").click();
    await page.locator("ibmb-why #scatter svg").waitFor();
    for (const [tab, part] of [
      ["schedule", "#order li"],
      ["figures", "#overlap canvas"],
      ["compare", "#run"],
      ["training", "ibmb-training-chart:defined"],
      ["run", "ibmb-run:defined"],
    ]) {
      await page.locator(`ibmb-drawer #tab-${tab}`).click();
      await page.locator(`ibmb-drawer ${part}`).first().waitFor();
    }
    await page.locator("#save summary").click();
    await page.locator("ibmb-save #save-graph").waitFor();
    await page.locator("ibmb-data-panel summary", { hasText: "Make a synthetic graph" }).click();
    await page.locator("ibmb-planting #make").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("r");
    await page.locator("ibmb-rings .mark").first().waitFor();
    await page.keyboard.press("?");
    await page.locator("ibmb-help dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("ibmb-data-panel #files").setInputFiles({
      name: "doubtful.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("day,origin,stop\n1,2,3\n4,5,6\n"),
    });
    await page.locator("ibmb-columns dialog[open] #doubts").waitFor();
  },

  "weights of a sample that come late do not replace those of the user": async ({ open, engine }) => {
    const { path } = await engine.model();
    const page = await open({
      // The weights of the sample are held until they are let go.
      script: () => {
        const { fetch } = window;
        window.fetch = async (address, ...more) => {
          if (String(address).includes("cora-gcn")) await new Promise((letGo) => (window.letGo = letGo));
          const answer = await fetch(address, ...more);
          if (String(address).includes("cora-gcn")) window.came = true;
          return answer;
        };
      },
    });
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(page, "Loaded small-gcn.safetensors.");
    await page.waitForFunction(() => window.letGo !== undefined);
    const hidden = await page.evaluate(async () => {
      window.letGo();
      while (!window.came) await new Promise((done) => setTimeout(done));
      const { app } = document.querySelector("ibmb-explorer");
      // Until the weights that came late would have been opened.
      await new Promise((done) => setTimeout(done, 500));
      await app.client.memoryBytes();
      return app.modelling.model.handle.hidden;
    });
    assert.equal(hidden, 16);
    await page.locator("ibmb-model-panel section", { hasText: "small-gcn.safetensors" }).waitFor();
  },

  "without a connection a graph that came without weights tells its reasons": async ({ open, context }) => {
    const page = await open({ hash: "#graph=karate" });
    await loadedAhead(page);
    await context.setOffline(true);
    try {
      await page.keyboard.press("r");
      await page.locator("ibmb-rings .mark").first().waitFor();
    } finally {
      await context.setOffline(false);
    }
  },
};
