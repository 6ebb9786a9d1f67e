import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { count } from "../look.mjs";
import { wasShown, watch } from "../watch.mjs";

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const ONCE = { repeats: 1, warmUps: 0 };

/** The sample's weights in Node, as the page opens them. */
const weights = (engine) =>
  engine.client.openModel(
    {
      name: "cora-gcn.safetensors",
      data: readFileSync(new URL("../../dist/samples/cora-gcn.safetensors", import.meta.url)),
    },
    { featureNormalization: "row" },
  );

/** The nodes of a share: the first in the order of MurmurHash3's finaliser. */
export function share(nodes, wanted) {
  const hash = (node) => {
    let h = BigInt(node);
    const mix = (factor, shift) => {
      h = ((h ^ (h >> shift)) * factor) & 0xffffffffn;
    };
    mix(0x85ebca6bn, 16n);
    mix(0xc2b2ae35n, 13n);
    return h ^ (h >> 16n);
  };
  const order = [...nodes].map((node) => [hash(node), node]).sort(([a], [b]) => (a < b ? -1 : 1));
  return Uint32Array.from(order.slice(0, wanted), ([, node]) => node).sort();
}

const compareTab = (page) => page.locator("ibmb-drawer #tab-compare").click();
const chooseShare = (page, value) =>
  page.locator('ibmb-compare [data-option="share"] select').selectOption(value);

/** Compares, to the end. */
export async function compared(page) {
  await page.locator("ibmb-compare #run:enabled").click();
  await page.waitForFunction(
    () => document.querySelector("ibmb-explorer").app.comparing.comparison?.ended,
    null,
    { timeout: 150_000 },
  );
  await page.locator("ibmb-compare #run:enabled").waitFor();
}

/** Compares, and the page itself cancels as soon as there are so many points; resolves when it has ended. */
export async function cancelledAt(page, numPoints) {
  const point = `ibmb-compare #numbers tbody tr:nth-child(${numPoints})`;
  await watch(page, point, { press: "#cancel" });
  await compared(page);
  await wasShown(page, point, "");
}

/** Rows of the table of points, as text. */
const rows = (page) =>
  page
    .locator("ibmb-compare #numbers tbody tr")
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent.trim())));

export const stories = {
  "compare measures every way on the same outputs, with the numbers that Node computes": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await page.locator("ibmb-model-panel #run:enabled").waitFor();
    await compareTab(page);
    await chooseShare(page, "0.01");
    await compared(page);
    assert.match(
      await page.locator("ibmb-compare #under").textContent(),
      /^GCN, cora-gcn\.safetensors · 10 test nodes, 1 % at random, in small batches · /,
    );
    const model = await weights(engine);
    const outputNodes = share(engine.graph.splits.public.test, 10);
    const ppr = { alpha: 0.25, eps: 1e-4 };
    const expected = {
      "Full graph, exact": { method: "full-graph" },
      "IBMB node-wise, k 8": { method: "node-wise", topK: 8, ...ppr },
      "IBMB batch-wise, ratio 0.25": { method: "batch-wise", expandRatio: 0.25, numBatches: 8, ...ppr },
      "Random batches, k 16": { method: "random", topK: 16, ...ppr },
      "Cluster-GCN, 4 parts": { method: "cluster", numBatches: 4 },
      "Neighbour sampling, fan-out 5": { method: "neighbour-sampling", fanOuts: [5, 5] },
      "ShaDow (PPR), k 16": { method: "shadow", topK: 16, ...ppr },
      "LADIES, 256 a layer": { method: "ladies", nodesPerLayer: 256 },
      "GraphSAINT-RW, 4 walks": { method: "saint", walksPerOutput: 4, walkLength: 2, coverage: 100 },
    };
    const found = new Map((await rows(page)).map((row) => [row[0], row]));
    // 1 + 9 + 7 + 6 + 3 + 5 + 5 + 3 + 5 settings: parts and layers are held by outputs and nodes.
    assert.equal(found.size, 44);
    for (const [name, options] of Object.entries(expected)) {
      const point = await engine.graph.inferBy(model, { ...options, outputNodes, ...ONCE });
      const row = found.get(name);
      assert.ok(row, `${name} is missing among ${[...found.keys()].join("; ")}`);
      assert.equal(row[2], percent(point.accuracy.all), name);
      assert.equal(row[7], count(point.nodesComputed), name);
    }
    // The chart has a dot for every point, and the ring of the chosen one.
    assert.ok((await page.locator("ibmb-compare #accuracy svg[role=img] path").count()) >= 44);
    model.dispose();
    // Parameters stand at the points of several lines, wide and narrow, and no label on another.
    const all = [
      "IBMB node-wise",
      "IBMB batch-wise",
      "Random batches",
      "Cluster-GCN",
      "Neighbour sampling",
      "ShaDow (PPR)",
      "LADIES",
      "GraphSAINT-RW",
    ];
    const short = ["node-wise", "batch-wise", "random", "Cluster", "sampling", "ShaDow", "LADIES", "SAINT"];
    for (const [width, names, least] of [
      [1440, all, 4],
      [390, short, 2],
    ]) {
      await page.setViewportSize({ width, height: 900 });
      const drawn = page.locator("ibmb-compare #accuracy svg");
      await page.waitForFunction(
        ([narrow]) => {
          const view = document
            .querySelector("ibmb-explorer")
            .shadowRoot.querySelector("ibmb-drawer")
            .shadowRoot.querySelector("ibmb-compare");
          // The chart that was drawn for another width is only squeezed.
          return (
            Number(view.shadowRoot.querySelector("#accuracy svg").getAttribute("width")) < 400 === narrow
          );
        },
        [width === 390],
      );
      const texts = await drawn
        .locator(".label text")
        .evaluateAll((all) =>
          all.map((text) => ({ text: text.textContent, box: text.getBoundingClientRect().toJSON() })),
        );
      const frame = await drawn.evaluate((svg) => svg.getBoundingClientRect().toJSON());
      const labels = texts.filter(({ text }) => !names.includes(text));
      const swept = [/^k \d+$/, /^ratio /, /^\d+ parts$/, /^fan-out /, / a layer$/, /^\d+ walks?$/].filter(
        (kind) => labels.some(({ text }) => kind.test(text)),
      );
      assert.ok(swept.length >= least, `${width}: ${labels.map(({ text }) => text).join("; ")}`);
      const written = await drawn.locator("text").allTextContents();
      for (const name of names)
        assert.equal(written.filter((text) => text === name).length, 1, `${width}: ${name}`);
      for (const [i, { text, box }] of texts.entries()) {
        assert.ok(
          box.left >= frame.left && box.right <= frame.right && box.bottom <= frame.bottom,
          `${width}: ${text} is cut`,
        );
        for (const other of texts.slice(i + 1)) {
          // Boxes of text are higher than its letters.
          const apart =
            other.box.left >= box.right ||
            box.left >= other.box.right ||
            other.box.top >= box.bottom - 3 ||
            box.top >= other.box.bottom - 3;
          assert.ok(apart, `${width}: ${text} on ${other.text}`);
        }
      }
    }
  },

  "a point's settings become the plan's, and what is not a plan says so": async ({ open, engine }) => {
    const page = await open();
    await page.locator("ibmb-model-panel #run:enabled").waitFor();
    await compareTab(page);
    await chooseShare(page, "0.01");
    await compared(page);
    await page.locator("ibmb-compare #numbers summary").click();
    const choose = (name) =>
      page.locator("ibmb-compare #numbers button", { hasText: new RegExp(`^${name}$`) }).click();
    await choose("LADIES, 256 a layer");
    await page.locator("ibmb-compare #point", { hasText: "Not a plan" }).waitFor();
    assert.equal(await page.locator("ibmb-compare #use").count(), 0);
    await choose("IBMB node-wise, k 8");
    assert.match(
      await page.locator("ibmb-compare #paid").textContent(),
      /Against full graph: accuracy [\d.]+ % and [\d.]+ %, one inference pass .+: (full graph is at least as fast here|this setting is [\d.]+× faster)/,
    );
    await page.locator("ibmb-compare #use").click();
    const plan = await engine.graph.plan({
      method: "node-wise",
      outputNodes: "test",
      topK: 8,
      alpha: 0.25,
      eps: 1e-4,
    });
    await page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
    plan.dispose();
  },

  "a comparison is cancelled and keeps what there is": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-model-panel #run:enabled").waitFor();
    await compareTab(page);
    await chooseShare(page, "1");
    await cancelledAt(page, 2);
    const kept = (await rows(page)).length;
    assert.ok(kept >= 2 && kept < 47, `${kept} points`);
    assert.match(
      await page.locator("ibmb-compare #under").textContent(),
      new RegExp(`${kept} of \\d+ settings measured`),
    );
  },

  "time by size is measured on synthetic graphs, with the numbers that Node computes": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await compareTab(page);
    await page.locator('ibmb-compare [data-option="upTo"] select').selectOption("3000");
    const progress = "ibmb-compare ibmb-progress";
    await watch(page, progress);
    await page.locator("ibmb-compare #run-sizes").click();
    await page.waitForFunction(
      () => document.querySelector("ibmb-explorer").app.comparing.scaling?.ended,
      null,
      { timeout: 150_000 },
    );
    await page.locator("ibmb-compare #run-sizes").waitFor();
    await wasShown(page, progress, /[13],000 nodes, [^:]+: \w+/);
    const table = page.locator('ibmb-compare .data[aria-label="Time by size"] tbody tr');
    const found = await table.evaluateAll((all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
    );
    assert.equal(found.length, 10);
    // The whole graph around 100 outputs is nearly all of it, and grows with it; top-k bounds what a batch computes.
    const computed = (nodes, name) =>
      Number(found.find(([first]) => first === `${nodes} nodes, ${name}`)[5].replaceAll(",", ""));
    assert.ok(computed("3,000", "Full graph") > 2 * computed("1,000", "Full graph"));
    for (const nodes of ["1,000", "3,000"]) assert.ok(computed(nodes, "IBMB node-wise") <= 100 * 16);
    const growth = await page.locator("ibmb-compare #growth").innerText();
    assert.match(
      growth,
      /IBMB node-wise: one inference pass takes .+ on 3,000 nodes and .+ on 1,000 \([\d.]+×\), and computes [\d,]+ nodes instead of [\d,]+\. Full graph: one/,
    );
    assert.ok(
      growth.includes(
        `computes ${count(computed("3,000", "IBMB node-wise"))} nodes instead of ${count(computed("1,000", "IBMB node-wise"))}`,
      ),
    );
    const train = await engine.client.plantedGraph({ numNodes: 10_000 });
    const { model } = await train.train({ hidden: 64, epochs: 30 });
    const graph = await engine.client.plantedGraph({ numNodes: 1000 });
    const outputNodes = Uint32Array.from({ length: 100 }, (_, i) => i * 10 + (i % 10));
    const ways = {
      "Full graph": { method: "full-graph" },
      "IBMB node-wise": { method: "node-wise" },
      "Neighbour sampling": { method: "neighbour-sampling" },
      "ShaDow (PPR)": { method: "shadow" },
      "Cluster-GCN": { method: "cluster" },
    };
    for (const [at, [name, options]] of Object.entries(ways).entries()) {
      const point = await graph.inferBy(model, { ...options, outputNodes, ...ONCE });
      assert.equal(found[at][0], `1,000 nodes, ${name}`);
      assert.deepEqual(
        [found[at][2], found[at][5]],
        [percent(point.accuracy.all), count(point.nodesComputed)],
        name,
      );
    }
    for (const made of [train, graph, model]) made.dispose();
  },
};
