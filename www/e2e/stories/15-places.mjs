import assert from "node:assert/strict";
import { comesTo, layoutPressed, mapAtRest, placesOnPage, pointAt } from "../look.mjs";
import { tells } from "../watch.mjs";

const fromFile = (page) => page.locator('ibmb-map [aria-label="Layout"] button', { hasText: "From file" });

/** Nodes on a grid that is wider than high, far from the origin and in no order, then one edge after another. */
function grid(columns, rows) {
  const nodes = Array.from({ length: columns * rows }, (_, i) => {
    const at = (7 * i) % (columns * rows);
    return { id: `n${i}`, x: 1000 + 25 * (at % columns), y: -300 + 25 * Math.floor(at / columns) };
  });
  return { nodes, edges: nodes.slice(1).map(({ id }, i) => [nodes[i].id, id]) };
}

const gexf = ({ nodes, edges }) => `<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3"><graph defaultedgetype="undirected">
<nodes>${nodes.map(({ id, x, y }) => `<node id="${id}" label="${id}"><viz:position x="${x}" y="${y}" z="0"/></node>`).join("")}</nodes>
<edges>${edges.map(([from, to], i) => `<edge id="${i}" source="${from}" target="${to}"/>`).join("")}</edges></graph></gexf>`;

/** Across and down, as a page counts. */
const down = (nodes) => nodes.flatMap(({ x, y }) => [x, -y]);

async function drop(page, folder, ...names) {
  await page.locator("ibmb-data-panel #files").setInputFiles(names.map((name) => `${folder}/${name}`));
  await tells(page, "Opened");
}

/** Each of some nodes is under the pointer where the file says. */
async function standsWhereTheFileSays(page, nodes, some) {
  await mapAtRest(page);
  const placeOf = await placesOnPage(page, down(nodes));
  for (const node of some) await pointAt(page, placeOf(node), nodes[node].id);
}

export const stories = {
  "nodes stand where a GEXF file drew them; undo and a link know it": async ({ open, engine }) => {
    const page = await open();
    const drawn = grid(9, 5);
    const folder = engine.write("places", { "drawn.gexf": gexf(drawn) });
    await drop(page, folder, "drawn.gexf");
    assert.equal(await fromFile(page).getAttribute("aria-disabled"), null);
    await page.keyboard.press("p");
    assert.equal(await layoutPressed(page), "From file");
    await standsWhereTheFileSays(page, drawn.nodes, [0, 1, 8, 13, 22, 31, 44]);
    await page.waitForFunction(() => location.hash.includes("layout=file"));
    const link = await page.evaluate(() => location.hash);
    await page.waitForTimeout(800);
    await page.keyboard.press("z");
    await page.waitForFunction(() => !location.hash.includes("layout"));
    await comesTo(() => layoutPressed(page), "By batch");
    await page.keyboard.press("Z");
    await page.waitForFunction(() => location.hash.includes("layout=file"));

    // The link, once its file is there.
    const other = await open({ hash: link });
    await other.locator("ibmb-data-panel #files").setInputFiles(`${folder}/drawn.gexf`);
    await other
      .locator('ibmb-map [aria-label="Layout"] button[aria-pressed="true"]', { hasText: "From file" })
      .waitFor();
    await standsWhereTheFileSays(other, drawn.nodes, [3, 40]);

    // Files without places show their nodes by batch.
    const plain = engine.write("plain", { "ring.csv": "source,target\n0,1\n1,2\n2,0\n" });
    await drop(page, plain, "ring.csv");
    await comesTo(() => layoutPressed(page), "By batch");
    await comesTo(() => fromFile(page).getAttribute("aria-disabled"), "true");
  },

  "strays of a node table do not shrink the rest": async ({ open, engine }) => {
    const page = await open();
    const { nodes, edges } = grid(100, 60);
    const strays = { 17: { x: 1e6, y: 0 }, 4242: { x: 0, y: -1e6 } };
    for (const [node, place] of Object.entries(strays)) Object.assign(nodes[node], place);
    const folder = engine.write("table", {
      "nodes.csv": `id,x,y\n${nodes.map(({ id, x, y }) => `${id},${x},${y}`).join("\n")}\n`,
      "edges.csv": `source,target\n${edges.map((pair) => pair.join()).join("\n")}\n`,
    });
    await drop(page, folder, "nodes.csv", "edges.csv");
    await fromFile(page).click();
    await standsWhereTheFileSays(page, nodes, [500, 2600, 3999]);
  },

  "a graph without places says why, by key, by click and by link": async ({ open }) => {
    const page = await open();
    assert.match(
      await fromFile(page).getAttribute("title"),
      /The files of Cora have no node coordinates.*viz:position/,
    );
    for (const act of [() => page.keyboard.press("p"), () => fromFile(page).click({ force: true })]) {
      await act();
      await page
        .locator("#notice.error", { hasText: "The files of Cora have no node coordinates" })
        .waitFor();
      await page.locator("#notice button").click();
      assert.equal(await layoutPressed(page), "By batch");
    }
    const linked = await open({ hash: "#layout=file&colour=class" });
    await linked
      .locator("#notice.error", { hasText: "The files of Cora have no node coordinates" })
      .waitFor();
    await linked.waitForFunction(() => location.hash === "#colour=class");
  },
};
