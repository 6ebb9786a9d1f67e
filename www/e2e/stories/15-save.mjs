import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PLAN } from "../engine.mjs";
import { tells } from "../watch.mjs";

/** Presses a button of the Save section; name and bytes of the file. */
async function saved(page, what) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(`ibmb-save [data-save="${what}"]`).click(),
  ]);
  return { name: file.suggestedFilename(), bytes: new Uint8Array(readFileSync(await file.path())) };
}

const plain = ({ tensors, metadata }) => ({
  metadata,
  tensors: Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [name, { data: [...data], shape }]),
  ),
});

export const stories = {
  "graph, plan, weights, predictions, influence and selection are saved as the engine has them": async ({
    open,
    engine,
  }) => {
    const { client, graph, plan } = engine;
    const { model, path } = await engine.model();
    const page = await open();
    await page.locator("#save summary").click();
    const lacks = async (key) =>
      (await page.locator(`ibmb-save [data-save^="${key} "]`).first().isDisabled())
        ? (await page.locator(`ibmb-save #about-${key}`).innerText()).trim()
        : null;
    await page.locator("ibmb-save #save-graph").waitFor();
    for (const [key, why] of [
      ["predictions", /^Run inference first/],
      ["influence", /^Select a node first/],
      ["exact", /^Select a node first/],
      ["selection", /^Select several nodes first/],
    ]) {
      assert.match(await lacks(key), why);
    }
    assert.equal(await lacks("graph"), null);

    const whole = await saved(page, "graph safetensors");
    assert.equal(whole.name, "cora.safetensors");
    // The page calls the graph by the sample's name.
    const named = await client.openGraph({ name: "cora.safetensors", data: engine.sample }, { name: "Cora" });
    assert.deepEqual(whole.bytes, await named.save());
    const planFile = await saved(page, "plan safetensors");
    assert.equal(planFile.name, "cora-plan.safetensors");
    const again = await graph.openPlan(planFile.bytes);
    assert.deepEqual([again.stats.digest, again.options], [plan.stats.digest, plan.options]);
    again.dispose();

    await page.locator("ibmb-model-panel #weights").setInputFiles(path);
    await tells(page, "Loaded small-gcn.safetensors.");
    assert.deepEqual((await saved(page, "weights safetensors")).bytes, await model.save());
    await page.locator("ibmb-model-panel #run:enabled").click();
    await page.locator("ibmb-model-panel #summary").waitFor();
    const out = await plan.infer(model, { probabilities: true });
    const shape = [out.nodes.length, out.numClasses];
    const common = { graph: "Cora", num_nodes: "2708" };
    const { bytes } = await saved(page, "predictions safetensors");
    const want = await client.saveTensors(
      {
        nodes: out.nodes,
        logits: { data: out.logits, shape },
        predictions: out.predictions,
        probabilities: { data: out.probabilities, shape },
      },
      {
        kind: "predictions",
        ...common,
        classes: JSON.stringify(graph.classNames),
        model: "small-gcn.safetensors",
        plan: plan.stats.digest,
      },
    );
    assert.deepEqual(plain(await client.readTensors(bytes)), plain(await client.readTensors(want)));

    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => /node=\d+/.test(location.hash));
    const node = Number(/node=(\d+)/.exec(await page.evaluate(() => location.hash))[1]);
    const { alpha, eps } = PLAN;
    const top = await graph.influencers(node, { alpha, eps, k: graph.numNodes });
    const asked = { node: String(node), alpha: String(alpha), eps: String(eps) };
    const ppr = await saved(page, "influence safetensors");
    assert.equal(ppr.name, `cora-influence-${node}.safetensors`);
    assert.deepEqual(
      plain(await client.readTensors(ppr.bytes)),
      plain(
        await client.readTensors(
          await client.saveTensors(
            { nodes: top.nodes, scores: top.scores },
            { kind: "influence", measure: "ppr", ...common, ...asked },
          ),
        ),
      ),
    );
    const exact = await graph.exactInfluence(model, node, { alpha, eps });
    const file = await client.readTensors((await saved(page, "exact safetensors")).bytes);
    assert.deepEqual(
      plain(file),
      plain(
        await client.readTensors(
          await client.saveTensors(
            { nodes: exact.nodes, scores: exact.scores, ppr: exact.ppr },
            { kind: "influence", measure: "exact", model: "small-gcn.safetensors", ...common, ...asked },
          ),
        ),
      ),
    );

    await page.evaluate(() => document.querySelector("ibmb-explorer").app.selection.choose([7, 3, 2000]));
    const selection = await client.readTensors((await saved(page, "selection safetensors")).bytes);
    assert.deepEqual(plain(selection), {
      tensors: { nodes: { data: [3, 7, 2000], shape: [3] } },
      metadata: { kind: "selection", ...common },
    });

    // For Gephi: the engine's own columns give the same text.
    const score = new Float32Array(graph.numNodes).fill(NaN);
    for (let i = 0; i < plan.numBatches; i++) {
      const batch = await plan.batch(i);
      batch.nodes.forEach((id, at) => {
        if (batch.isOutput[at] === 1) score[id] = batch.scores[at];
      });
    }
    const predicted = new Array(graph.numNodes).fill("");
    out.nodes.forEach((id, i) => (predicted[id] = graph.classNames[out.predictions[i]]));
    const columns = [
      { name: "batch", values: plan.batchOf },
      { name: "score", values: score },
      { name: "prediction", values: predicted },
    ];
    for (const format of ["graphml", "gexf"]) {
      const text = await saved(page, `graph ${format}`);
      assert.equal(text.name, `cora.${format}`);
      assert.deepEqual(text.bytes, await named.exportAs(format, columns));
      const reopened = await client.openGraph({ name: text.name, data: text.bytes });
      assert.deepEqual(
        [reopened.numNodes, reopened.numEdges, reopened.labels],
        [graph.numNodes, graph.numEdges, graph.labels],
      );
      reopened.dispose();
    }
    named.dispose();
  },

  "a saved plan opens on its graph with its settings, and no other graph takes it": async ({
    open,
    engine,
  }) => {
    const page = await open();
    const { client, graph, plan: first } = engine;
    const drop = (name, bytes) =>
      page
        .locator("ibmb-data-panel #files")
        .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
    const shown = (plan) => page.locator(`#chip-plan[data-digest="${plan.stats.digest}"]`).waitFor();
    const plan = await graph.plan({ ...PLAN, outputNodes: "test", topK: 8, outputsPerBatch: 100 });
    await drop("mine.safetensors", await plan.save());
    await tells(page, /^Opened mine\.safetensors\.$/);
    await shown(plan);
    assert.equal(
      await page.locator('ibmb-plan-panel [data-option="outputNodes"] select').inputValue(),
      "test",
    );
    assert.equal(
      await page.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').inputValue(),
      "8",
    );
    // It is one step, and a link that makes the same plan.
    await page.waitForFunction(
      () =>
        location.hash.slice(1).split("&").sort().join("&") === "outputNodes=test&outputsPerBatch=100&topK=8",
    );
    await page.keyboard.press("z");
    await shown(first);
    await page.keyboard.press("Z");
    await shown(plan);

    const few = await graph.plan({ ...PLAN, outputNodes: [5, 700, 2000] });
    await drop("few.safetensors", await few.save());
    await tells(
      page,
      "Opened few.safetensors. Its outputs are neither all nodes nor a part of a split: a link cannot carry them",
    );
    await shown(few);
    await page.locator("#status", { hasText: "predicts 3 papers" }).waitFor();

    const ring = await client.openGraph({
      name: "ring.csv",
      data: new TextEncoder().encode("0,1\n1,2\n2,0\n"),
    });
    const foreign = await ring.plan(PLAN);
    await drop("ring.safetensors", await foreign.save());
    const refused =
      "ring.safetensors: the plan was made for a graph of 3 nodes, undirected; this one has 2708, undirected. Your open graph and plan are unchanged.";
    await page.locator("#notice.error", { hasText: refused }).waitFor();
    await shown(few);
    // A plan and no graph: the package says which of the two it is.
    await assert.rejects(client.openGraph({ name: "mine.safetensors", data: await plan.save() }), {
      code: "missing_tensor",
      message: /^mine\.safetensors: this is a plan, not a graph/,
    });
    for (const one of [plan, few, foreign, ring]) one.dispose();
  },

  "what is saved of an own graph opens again on the page": async ({ open, engine }) => {
    const page = await open();
    const text = "source,target\nAnn,Bob\nBob,Carl\nCarl,Dora\n";
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles({ name: "my friends.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.locator("ibmb-header .what", { hasText: "4 nodes" }).waitFor();
    await page.locator("#save summary").click();
    const { name, bytes } = await saved(page, "graph gexf");
    assert.equal(name, "my-friends.gexf");
    const graph = await engine.client.openGraph({ name, data: bytes });
    assert.deepEqual(graph.nodeNames, ["Ann", "Bob", "Carl", "Dora"]);
    graph.dispose();
    await page
      .locator("ibmb-data-panel #files")
      .setInputFiles({ name, mimeType: "application/xml", buffer: Buffer.from(bytes) });
    await tells(page, /^Opened my.friends/);
    await page.locator("ibmb-header .what", { hasText: "4 nodes · 3 edges" }).waitFor();
  },
};
