import assert from "node:assert/strict";
import { join } from "node:path";
import { status } from "../look.mjs";

/** Two rings of ten nodes with a bridge, as the folder layout has them. */
const edges = () => {
  const rows = ["source,target"];
  for (const base of [0, 10]) for (let i = 0; i < 10; i++) rows.push(`${base + i},${base + ((i + 1) % 10)}`, `${base + i},${base + ((i + 2) % 10)}`);
  rows.push("0,10", "0,10", "3,3");
  return `${rows.join("\n")}\n`;
};
const labels = (wrong = "") => `node,label\n${Array.from({ length: 20 }, (_, i) => `${i},${i < 10 ? 0 : 1}`).join("\n")}\n${wrong}`;
const splits = JSON.stringify({ ours: { train: [0, 10], val: [1, 11], test: [2, 3, 12, 13] } });

const drop = (page, files) => page.evaluate((list) => {
  const transfer = new DataTransfer();
  for (const [name, text] of list) transfer.items.add(new File([text], name));
  window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}, Object.entries(files));

export const stories = {
  "a folder replaces the sample, a bad file changes nothing": async ({ open, engine }) => {
    const page = await open();
    const good = engine.write("rings", { "edges.csv": edges(), "labels.csv": labels(), "splits.json": splits });
    await page.locator("ibmb-data-panel #folder").setInputFiles(good);
    await page.locator("ibmb-header .what", { hasText: "20 nodes · 41 edges · 2 classes" }).waitFor();
    await page.locator("#status", { hasText: /Batch 0 predicts 20 nodes ●/ }).waitFor();
    assert.match(await page.locator("ibmb-model-panel section").innerText(), /this graph has none/, "no features, and the panel says what to add");
    await page.locator("ibmb-data-panel summary").click();
    const report = await page.locator("ibmb-data-panel ul").innerText();
    assert.match(report, /1 duplicate/);
    assert.match(report, /1 self-loop/);
    const before = await status(page);

    await drop(page, { "edges.csv": edges(), "labels.csv": labels("5000,1\n") });
    const notice = page.locator("#notice.error");
    await notice.waitFor();
    assert.match(await notice.innerText(), /labels\.csv, line 22: .*5000.*Your open graph is unchanged\./s);
    assert.equal(await status(page), before);
    assert.match(await page.locator("ibmb-header .what").textContent(), /20 nodes/);

    await drop(page, { "nonsense.bin": "\u0000\u0001\u0002 not a graph" });
    await page.locator("#notice.error", { hasText: "nonsense.bin" }).waitFor();
    assert.equal(await status(page), before);
  },

  "a drop of edges alone opens, and long names stay inside": async ({ open }) => {
    const page = await open();
    const long = "köder-ノード-שלום-🙂".repeat(16);
    await drop(page, { [`${"very-long-name-".repeat(20)}.csv`]: `source,target\n${long}A,${long}B\n${long}B,c\nc,d\n` });
    await page.locator("ibmb-header .what", { hasText: "4 nodes · 3 edges" }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("ibmb-batch-panel #node").waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0);
  },

  "weights that do not fit are refused in words": async ({ open, engine }) => {
    const page = await open();
    const { path } = await engine.model();
    const good = engine.write("rings", { "edges.csv": edges(), "labels.csv": labels() });
    await page.locator("ibmb-data-panel #files").setInputFiles([join(good, "edges.csv"), join(good, "labels.csv")]);
    await page.locator("ibmb-header .what", { hasText: "20 nodes" }).waitFor();
    await page.locator("ibmb-data-panel #files").setInputFiles(path);
    await page.locator("#notice.error", { hasText: "the model reads 1433 features, the graph has 0. Your open graph is unchanged." }).waitFor();
  },
};
