import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PLAN } from "../engine.mjs";
import { count, loadedAhead, setOption, status } from "../look.mjs";
import { tells } from "../watch.mjs";

/** Two rings of ten nodes with a bridge, as the folder layout has them. */
const edges = () => {
  const rows = ["source,target"];
  for (const base of [0, 10])
    for (let i = 0; i < 10; i++)
      rows.push(`${base + i},${base + ((i + 1) % 10)}`, `${base + i},${base + ((i + 2) % 10)}`);
  rows.push("0,10", "0,10", "3,3");
  return `${rows.join("\n")}\n`;
};
const labels = (wrong = "") =>
  `node,label\n${Array.from({ length: 20 }, (_, i) => `${i},${i < 10 ? 0 : 1}`).join("\n")}\n${wrong}`;
const splits = JSON.stringify({ ours: { train: [0, 10], val: [1, 11], test: [2, 3, 12, 13] } });

const drop = (page, files) =>
  page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const [name, text] of list) transfer.items.add(new File([text], name));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, Object.entries(files));

export const stories = {
  "a folder replaces the sample, a bad file changes nothing": async ({ open, engine }) => {
    const page = await open();
    const good = engine.write("rings", {
      "edges.csv": edges(),
      "labels.csv": labels(),
      "splits.json": splits,
    });
    await page.locator("ibmb-data-panel #folder").setInputFiles(good);
    await page.locator("ibmb-header .what", { hasText: "20 nodes · 41 edges · 2 classes" }).waitFor();
    await page.locator("#status", { hasText: /Batch 0 predicts 20 nodes ●/ }).waitFor();
    assert.match(
      await page.locator("ibmb-model-panel section").innerText(),
      /this graph has none/,
      "no features, and the panel says what to add",
    );
    await page.locator("ibmb-data-panel summary", { hasText: "Import report" }).click();
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
    await drop(page, {
      [`${"very-long-name-".repeat(20)}.csv`]: `source,target\n${long}A,${long}B\n${long}B,c\nc,d\n`,
    });
    await page.locator("ibmb-header .what", { hasText: "4 nodes · 3 edges" }).waitFor();
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("ibmb-batch-panel #node").waitFor();
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wide, 0);
  },

  "weights that do not fit are refused in words": async ({ open, engine }) => {
    const page = await open();
    const { path } = await engine.model();
    const good = engine.write("rings", { "edges.csv": edges(), "labels.csv": labels() });
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles([join(good, "edges.csv"), join(good, "labels.csv")]);
    await page.locator("ibmb-header .what", { hasText: "20 nodes" }).waitFor();
    await page.locator("ibmb-data-panel #files").setInputFiles(path);
    await page
      .locator("#notice.error", {
        hasText: "the model reads 1433 features, the graph has 0. Your open graph is unchanged.",
      })
      .waitFor();
  },

  "the open files are read again with direction and weights": async ({ open, engine }) => {
    const page = await open();
    const text = "source,target,weight\n0,1,4\n1,0,2\n1,2,1\n2,3,8\n3,0,1\n4,2,3\n";
    const file = { name: "flow.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await page.locator("ibmb-data-panel #files").setInputFiles(file);
    await page.locator("ibmb-header .what", { hasText: "5 nodes" }).waitFor();
    const panel = page.locator("ibmb-data-panel");
    const choose = (name, value) => panel.locator(`[data-option="${name}"] select`).selectOption(value);
    const digests = new Set();
    for (const [name, value, options] of [
      ["directed", "as-said", {}],
      ["weights", "use", { weights: "use" }],
      ["directed", "yes", { weights: "use", directed: true }],
      ["weights", "ignore", { directed: true }],
      ["directed", "no", { directed: false }],
    ]) {
      await choose(name, value);
      const graph = await engine.client.openGraph(
        { name: "flow.csv", data: new TextEncoder().encode(text) },
        options,
      );
      const plan = await graph.plan(PLAN);
      await page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
      digests.add(plan.stats.digest);
      const said = [graph.directed ? "directed" : "undirected", graph.weighted ? "weighted" : "unweighted"];
      await panel.locator("p", { hasText: new RegExp(`^${said.join(" · ")} · `) }).waitFor();
      const report = (await panel.locator("li").allTextContents()).join("\n");
      assert.match(report, new RegExp(`^${said[0]}: .*`, "m"));
      assert.match(report, new RegExp(`^${said[1]}: .*`, "m"));
      for (const warning of graph.report.warnings)
        assert.ok(report.includes(warning), `${report} says ${warning}`);
      assert.equal(
        graph.report.warnings.some((warning) => warning.includes("ignored")),
        options.weights === undefined,
      );
      assert.match(
        await page.locator("ibmb-header .what").textContent(),
        new RegExp(`5 nodes · ${graph.numEdges} edges`),
      );
      for (const one of [plan, graph]) one.dispose();
    }
    assert.equal(digests.size, 4, "each way of reading gives other batches, but both ways is what is said");
  },

  "files open and are saved without a connection": async ({ open, context }) => {
    const page = await open();
    const ring = (n) => Array.from({ length: n }, (_, i) => `${i},${(i + 1) % n}\n`).join("");
    const choose = (n) =>
      page
        .locator("ibmb-data-panel #files")
        .setInputFiles({ name: "ring.csv", mimeType: "text/csv", buffer: Buffer.from(ring(n)) });
    await loadedAhead(page);
    await context.setOffline(true);
    try {
      await choose(20);
      await page.locator("ibmb-header .what", { hasText: "20 nodes · 20 edges" }).waitFor();
      await choose(30);
      await page.locator("ibmb-header .what", { hasText: "30 nodes · 30 edges" }).waitFor();
      await page.locator("#save summary").click();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.locator('ibmb-save [data-save="graph gexf"]').click(),
      ]);
      assert.equal(file.suggestedFilename(), "ring.gexf");
    } finally {
      await context.setOffline(false);
    }
  },

  "a large file is read piece by piece, and one that was changed since says so": async ({ open, engine }) => {
    const page = await open();
    // Some 6 MB, which is more than a piece.
    const links = Array.from(
      { length: 150_000 },
      (_, at) => `{"source": ${at % 4001}, "target": ${(at * 7) % 4001}}`,
    );
    const folder = engine.write("large", { "large.json": `{"links": [${links.join(", ")}]}` });
    const path = join(folder, "large.json");
    await page.locator("ibmb-data-panel #files").setInputFiles(path);
    const graph = await engine.client.openGraph({ name: "large.json", data: readFileSync(path) });
    await page
      .locator("ibmb-header .what", { hasText: `4,001 nodes · ${count(graph.numEdges)} edges` })
      .waitFor();
    graph.dispose();
    appendFileSync(path, " ");
    await page.locator('ibmb-data-panel [data-option="directed"] select').selectOption("yes");
    await page.locator("#notice.error", { hasText: /large\.json: the file could not be read: / }).waitFor();
    await page.locator("ibmb-header .what", { hasText: "4,001 nodes" }).waitFor();
  },

  "of several splits one is chosen": async ({ open, engine }) => {
    const page = await open();
    const two = JSON.stringify({
      ours: { train: [0, 10], val: [1], test: [2, 3] },
      theirs: { train: [5], val: [6], test: [7, 8, 9, 17, 18] },
    });
    const good = engine.write("rings", { "edges.csv": edges(), "labels.csv": labels(), "splits.json": two });
    await page.locator("ibmb-data-panel #folder").setInputFiles(good);
    await page.locator("ibmb-header .what", { hasText: "20 nodes" }).waitFor();
    await page.locator('ibmb-plan-panel [data-option="outputNodes"] select').selectOption("test");
    await page.locator("#status", { hasText: "Batch 0 predicts 2 nodes ●" }).waitFor();
    await page.locator('ibmb-data-panel [data-option="split"] select').selectOption("theirs");
    await page.locator("#status", { hasText: "Batch 0 predicts 5 nodes ●" }).waitFor();
    await page.locator("ibmb-data-panel p", { hasText: "split 1 / 1 / 5" }).waitFor();
    await page.locator('ibmb-data-panel [data-option="directed"] select').selectOption("yes");
    await page.locator("ibmb-data-panel p", { hasText: /^directed.*split 1 \/ 1 \/ 5/ }).waitFor();
    await page.locator("#status", { hasText: "Batch 0 predicts 5 nodes ●" }).waitFor();
  },

  "plan settings, weights and graph survive another reading, and a reading that fails": async ({
    open,
    engine,
  }) => {
    const page = await open();
    await setOption(page, "topK", 20);
    const both = await engine.graph.plan({ ...PLAN, topK: 20 });
    await page.locator(`#chip-plan[data-digest="${both.stats.digest}"]`).waitFor();
    await page.locator("#chip-model").waitFor();
    const panel = page.locator("ibmb-data-panel");
    await panel.locator('[data-option="directed"] select').selectOption("yes");
    const graph = await engine.client.openGraph(
      { name: "cora.safetensors", data: engine.sample },
      { directed: true },
    );
    const one = await graph.plan({ ...PLAN, topK: 20 });
    // The sample has every edge in both directions, so that the plan need not be another.
    await panel.locator("p", { hasText: /^directed · / }).waitFor();
    assert.match(
      await page.locator("ibmb-header .what").textContent(),
      new RegExp(`${graph.numEdges.toLocaleString("en-US")} edges`),
    );
    assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), one.stats.digest);
    assert.equal(
      await page.locator("ibmb-plan-panel [data-option=topK] input[type=number]").inputValue(),
      "20",
    );
    await page.locator("ibmb-model-panel #run").click();
    await page.locator("ibmb-model-panel #summary").waitFor();

    await page.evaluate(() => {
      const { source } = document.querySelector("ibmb-explorer").app.graph;
      source.files = [{ name: "gone.csv", data: new Blob(["0,1\n1,-5\n"]) }];
    });
    await panel.locator('[data-option="weights"] select').selectOption("use");
    await page.locator("#notice.error", { hasText: /gone\.csv.*Your open graph is unchanged\./ }).waitFor();
    assert.equal(await panel.locator('[data-option="weights"] select').inputValue(), "ignore");
    assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), one.stats.digest);
    for (const handle of [both, one, graph]) handle.dispose();
  },

  "after a crash the engine restarts with what was open": async ({ open, engine }) => {
    const page = await open({
      script: () => {
        const Own = Worker;
        window.workers = [];
        window.Worker = class extends Own {
          constructor(...given) {
            super(...given);
            window.workers.push(this);
          }
        };
      },
    });
    await loadedAhead(page);
    const { path } = await engine.model();
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(page, "Loaded small-gcn.safetensors.");
    await setOption(page, "topK", 20);
    const plan = await engine.graph.plan({ ...PLAN, topK: 20 });
    await page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
    await page.evaluate(() =>
      window.workers[0].dispatchEvent(new ErrorEvent("error", { message: "unreachable" })),
    );
    await page.locator("ibmb-batch-table #row-5").click();
    await page
      .locator("#notice.error", { hasText: "the worker has crashed: unreachable. Restart the engine" })
      .waitFor();
    await page.locator("#restart").focus();
    await page.keyboard.press("Enter");
    await tells(page, "The engine has started again, and Cora is open.");
    assert.equal(await page.evaluate(() => window.workers.length), 3, "two engines and a worker for files");
    assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), plan.stats.digest);
    await page.locator("ibmb-batch-table #row-2").click();
    await page.locator("#status", { hasText: "Batch 2 predicts" }).waitFor();
    await page.locator("ibmb-model-panel section", { hasText: "small-gcn.safetensors" }).waitFor();
    await page.locator("ibmb-model-panel #run").click();
    await page.locator("ibmb-model-panel #summary").waitFor();
    plan.dispose();
  },

  "files that cannot be read again after a crash leave an empty page that opens others": async ({ open }) => {
    const page = await open({
      script: () => {
        const Own = Worker;
        window.Worker = class extends Own {
          constructor(...given) {
            super(...given);
            window.engine ??= this;
          }
        };
      },
    });
    await page.evaluate(() => {
      document.querySelector("ibmb-explorer").app.graph.source.files = [
        { name: "gone.csv", data: new Blob(["0,1\n1,-5\n"]) },
      ];
      window.engine.dispatchEvent(new ErrorEvent("error", { message: "unreachable" }));
    });
    await page.locator("ibmb-batch-table #row-5").click();
    await page.locator("#restart").click();
    await page.locator("#notice.error", { hasText: /gone\.csv.*Open files to continue\./ }).waitFor();
    assert.equal(await page.locator("#chip-plan").count(), 0);
    await drop(page, { "edges.csv": edges() });
    await page.locator("ibmb-header .what", { hasText: "20 nodes" }).waitFor();
  },
};
