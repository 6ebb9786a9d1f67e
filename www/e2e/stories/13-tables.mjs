import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { setOption } from "../look.mjs";
import { tells } from "../watch.mjs";

/** A table as Python reads it. */
function parsed(path) {
  const script =
    "import csv, json, sys\nwith open(sys.argv[1], newline='', encoding='utf-8') as f: json.dump(list(csv.reader(f, strict=True)), sys.stdout)";
  return JSON.parse(execFileSync("python3", ["-c", script, path], { encoding: "utf8", maxBuffer: 2 ** 26 }));
}

async function saved(page, what, ending) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(`[data-save="${what} ${ending}"]`).click(),
  ]);
  return { name: file.suggestedFilename(), path: await file.path() };
}

const savedJson = async (page, what) =>
  JSON.parse(readFileSync((await saved(page, what, "json")).path, "utf8"));

/** Features as npy. */
function npy(rows, columns, value) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    value(Math.floor(i / columns), i % columns),
  );
  const size = Buffer.alloc(2);
  size.writeUInt16LE(padded.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY"),
    Buffer.from([1, 0]),
    size,
    Buffer.from(padded),
    Buffer.from(data.buffer),
  ]);
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
const guarded = (text) => (/^[=+@-]/.test(text) ? `'${text}` : text);

export const stories = {
  "predictions are saved with the user's own names, also where they look like formulas": async ({
    open,
    engine,
  }) => {
    const names = [
      "=SUM(A1:A9)",
      "+1",
      "-2+3",
      "@cmd",
      "a,b",
      'say "hi"',
      "naïve 😀",
      "שלום",
      "x".repeat(300),
      "Ann",
      "Bob",
      "Carl",
    ];
    const n = names.length;
    const edges = names.map((name, i) => `${quoted(name)},${quoted(names[(i + 1) % n])}`).join("\n");
    const labels = names
      .map((name, i) => `${quoted(name)},${i % 2 === 0 ? quoted("even, =1") : "odd"}`)
      .join("\n");
    const files = {
      "edges.csv": `source,target\n${edges}\n`,
      "labels.csv": `node,label\n${labels}\n`,
      "features.npy": npy(n, 2, (row, column) => Number(row % 2 === column)),
      "splits.json": JSON.stringify({
        own: { train: names.slice(0, 6), val: names.slice(6, 9), test: names.slice(9) },
      }),
    };
    const folder = engine.write("named", files);
    const graph = await engine.client.openGraph(
      Object.entries(files).map(([name, data]) => ({ name, data: new Uint8Array(Buffer.from(data)) })),
    );
    assert.deepEqual([...graph.nodeNames], names);
    const { model } = await graph.train({ epochs: 3 });
    const plan = await graph.plan();
    const out = await plan.infer(model, { probabilities: true });
    const full = await graph.infer(model);

    const page = await open();
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles(Object.keys(files).map((name) => join(folder, name)));
    await page.locator("ibmb-header", { hasText: "12 nodes" }).waitFor();
    const panel = page.locator("ibmb-model-panel");
    await panel.locator("#train-here").click();
    await setOption(page, "epochs", 3, "ibmb-model-panel");
    await panel.locator("#train").click();
    await page.locator("ibmb-training-chart #progress", { hasText: "finished" }).waitFor();
    await panel.locator("#run:enabled").click();
    await panel.locator("#summary").waitFor();
    await page.locator("ibmb-drawer #tab-run").click();

    const want = names.map((name, node) => ({
      node,
      name,
      batch: plan.batchOf[node],
      label: graph.classNames[graph.labels[node]],
      prediction: graph.classNames[out.predictions[node]],
      probability: out.probabilities[node * 2 + out.predictions[node]],
      full_graph_prediction: graph.classNames[full.predictions[node]],
    }));
    const found = await savedJson(page, "the predictions");
    assert.deepEqual(
      found.map(({ probability, ...row }) => ({ ...row, probability: Math.fround(probability) })),
      want.map(({ probability, ...row }) => ({ ...row, probability })),
    );
    const file = await saved(page, "the predictions", "csv");
    assert.match(file.name, /^[\p{L}\p{N}._-]+-predictions\.csv$/u);
    const [heads, ...rows] = parsed(file.path);
    assert.deepEqual(heads, Object.keys(want[0]));
    rows.forEach((row, i) => {
      const { probability, ...words } = want[i];
      assert.deepEqual(
        [...row.slice(0, 5), row[6]],
        Object.values(words).map((value) => (typeof value === "number" ? String(value) : guarded(value))),
      );
      assert.equal(Math.fround(Number(row[5])), probability);
    });
    for (const one of [plan, model, graph]) one.dispose();
  },

  "batches, schedule, distances, confusion, calibration and epochs are saved as they are shown": async ({
    open,
    engine,
  }) => {
    const page = await open();
    const { plan, graph } = engine;
    const { model, path } = await engine.model();
    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(page, "Loaded small-gcn.safetensors.");
    const table = page.locator("ibmb-batch-table");
    await table.locator(".classes").first().waitFor();
    await table.locator("#filter").fill("2..6");
    await table.locator('[data-column="auxiliary"]').click();
    const counts = await plan.labelCounts();
    const { numOutputs, numAuxiliary, numEdges, numBoundaryEdges, capturedMass, replication, bytes } =
      plan.table;
    const order = [2, 3, 4, 5, 6].sort((a, b) => numAuxiliary[b] - numAuxiliary[a] || a - b);
    const row = (i) => [...counts.subarray(i * 7, i * 7 + 7)];
    const batches = order.map((i) => ({
      batch: i,
      outputs: numOutputs[i],
      auxiliary: numAuxiliary[i],
      edges: numEdges[i],
      cut: numBoundaryEdges[i],
      captured: capturedMass[i],
      replication: replication[i],
      bytes: bytes[i],
      class: graph.classNames[row(i).indexOf(Math.max(...row(i)))],
      ...Object.fromEntries(row(i).map((c, cls) => [`class_${graph.classNames[cls]}`, c])),
    }));
    assert.deepEqual(await savedJson(page, "these batches"), batches);
    const file = await saved(page, "these batches", "csv");
    assert.equal(file.name, "cora-batches.csv");
    assert.deepEqual(parsed(file.path), [
      Object.keys(batches[0]),
      ...batches.map((one) => Object.values(one).map(String)),
    ]);

    await page.locator("ibmb-drawer #tab-schedule").click();
    await page.locator("ibmb-schedule #play").waitFor();
    const { order: visits, distances } = await plan.order({ epochs: 10 });
    assert.deepEqual(
      await savedJson(page, "the schedule"),
      [...visits].map((batch, i) => ({
        epoch: Math.floor(i / 8) + 1,
        step: (i % 8) + 1,
        batch,
        distance_from_batch_before: i === 0 ? null : distances[visits[i - 1] * 8 + batch],
      })),
    );
    const square = parsed((await saved(page, "the distances", "csv")).path);
    assert.deepEqual(
      square.slice(1).map((cells) => cells.slice(1).map(Number)),
      Array.from({ length: 8 }, (_, a) => [...distances.subarray(8 * a, 8 * a + 8)]),
    );

    await page.locator("ibmb-model-panel #run:enabled").click();
    await page.locator("ibmb-model-panel #summary").waitFor();
    await page.locator("ibmb-drawer #tab-run").click();
    await page.locator("ibmb-run #calibration svg").first().waitFor();
    const found = await graph.evaluate(await plan.infer(model), { part: "test" });
    const confusion = parsed((await saved(page, "the confusion matrix", "csv")).path);
    assert.deepEqual(confusion, [
      ["label", ...graph.classNames],
      ...graph.classNames.map((name, c) => [
        name,
        ...[...found.confusion.subarray(7 * c, 7 * c + 7)].map(String),
      ]),
    ]);
    const calibration = await savedJson(page, "the calibration");
    assert.deepEqual(
      calibration.map(({ nodes, correct }) => [nodes, correct]),
      [...found.calibration.count].map((nodes, i) => [nodes, found.calibration.right[i]]),
    );
    assert.deepEqual(
      calibration.map(({ mean_confidence }) => mean_confidence),
      [...found.calibration.confidence].map((mean, i) => (found.calibration.count[i] === 0 ? null : mean)),
    );

    await page.locator("ibmb-model-panel #train-here").click();
    await setOption(page, "epochs", 3, "ibmb-model-panel");
    await page.locator("ibmb-model-panel #train").click();
    await page.locator("ibmb-training-chart #progress", { hasText: "finished" }).waitFor();
    const run = await graph.train({ epochs: 3 });
    const epochs = await savedJson(page, "the epochs");
    assert.deepEqual(
      epochs.map((one) => [
        one.epoch,
        one.loss,
        one.train_accuracy,
        one.val_accuracy,
        one.val_loss,
        one.learning_rate,
        one.best_epoch,
      ]),
      run.history.map((one) => [
        one.epoch,
        one.loss,
        one.trainAccuracy,
        one.valAccuracy,
        one.valLoss,
        one.learningRate,
        one.bestEpoch,
      ]),
    );
    run.model.dispose();
  },

  "what the writer of tables writes, Python reads": async () => {
    const outDir = mkdtempSync(join(tmpdir(), "ibmb-csv-"));
    try {
      const entry = fileURLToPath(new URL("../../src/state/csv.ts", import.meta.url));
      await build({
        configFile: false,
        logLevel: "error",
        build: { outDir, lib: { entry, formats: ["es"], fileName: () => "csv.mjs" } },
      });
      const { csv } = await import(join(outDir, "csv.mjs"));
      const signs = [",", '"', "\r", "\n", "\t", "=", "+", "-", "@", "'", ";", " ", "a", "é", "😀", "0"];
      let state = 7;
      const pick = (many) => {
        state = (state * 48271) % 2147483647;
        return state % many;
      };
      const text = () => Array.from({ length: pick(6) }, () => signs[pick(signs.length)]).join("");
      const rows = Array.from({ length: 400 }, () => [
        text(),
        text(),
        pick(2) ? pick(1000) / 8 - 60 : null,
        pick(9) ? text() : NaN,
      ]);
      const file = join(outDir, "rows.csv");
      writeFileSync(file, csv(["one", "-two", "three", "four"], rows));
      const safe = (value) =>
        typeof value === "number"
          ? Number.isNaN(value)
            ? ""
            : String(value)
          : value === null
            ? ""
            : /^[=+\-@\t\r]/.test(value)
              ? `'${value}`
              : value;
      assert.deepEqual(parsed(file), [
        ["one", "'-two", "three", "four"],
        ...rows.map((row) => row.map(safe)),
      ]);
      const lines = readFileSync(file, "utf8");
      assert.ok(lines.startsWith("one,'-two,three,four\r\n") && lines.endsWith("\r\n"));
      assert.ok(
        rows.some((row) => typeof row[2] === "number" && row[2] < 0),
        "a negative number is no formula",
      );
    } finally {
      rmSync(outDir, { recursive: true, force: true });
    }
  },
};
