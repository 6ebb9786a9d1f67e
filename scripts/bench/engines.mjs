/**
 * GCN forward passes of the package beside other engines in Node, one thread each, on the same graph with the
 * same weights; logits are compared before times. The others know dense features only.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "ibmb";
import { safetensors } from "../../pkg/tests/planted.mjs";
import { root, run } from "../run.mjs";
import { denseFeatures } from "./features.mjs";
import { csrOf } from "./peers.mjs";

const SIZES = [
  [3, 256],
  [2, 64],
];

/** Files of the graphs: the sample, and DBLP where IBMB_DATA has it. */
function graphs() {
  const read = (folder, name) => ({ name, data: new Uint8Array(readFileSync(join(folder, name))) });
  const found = [["Cora", [read(join(root, "www/public/samples"), "cora.safetensors")]]];
  const dblp = process.env.IBMB_DATA && join(process.env.IBMB_DATA, "dblp");
  if (dblp && existsSync(dblp)) found.push(["DBLP", readdirSync(dblp).map((name) => read(dblp, name))]);
  else console.error("IBMB_DATA is not set: the engines are not compared on DBLP");
  return found;
}

/** Rows `{ name, value, unit, peer, ratio }`, and those of memory. */
export async function engineRows() {
  run("npm", [
    "ci",
    "--silent",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefix",
    join(root, "scripts/bench/peers"),
  ]);
  const engines = await import("./peers/engines.mjs");
  const rows = [];
  for (const [name, files] of graphs()) {
    for (const [layers, hidden] of SIZES) rows.push(...(await compare(engines, name, files, layers, hidden)));
    rows.push(...(await memory(name, files)));
  }
  return rows;
}

async function compare(engines, name, files, numLayers, hidden) {
  const client = await createClient();
  try {
    const graph = await client.openGraph(files);
    const { numNodes, numClasses, numFeatures } = graph;
    const x = denseFeatures(files, numNodes, numFeatures);
    const edges = await graph.edges();
    const { layers, file } = weights([numFeatures, ...Array(numLayers - 1).fill(hidden), numClasses]);
    const task = { numNodes, x, ...adjacency(csrOf(numNodes, edges)) };
    const model = await client.openModel(file, { featureNormalization: "none" });
    const own = { run: async () => (await graph.infer(model)).logits };
    const denseGraph = await client.openGraph({
      name: "dense.safetensors",
      data: dense(numNodes, edges, numFeatures, x),
    });
    const ownDense = { run: async () => (await denseGraph.infer(model)).logits };
    const others = [
      ["tfjs-backend-wasm 4.22", await engines.tfjs(task, layers)],
      ["onnxruntime-web 1.30", await engines.onnxruntime(task, layers)],
    ];
    const all = [own, ownDense, ...others.map(([, engine]) => engine)];
    const expected = await own.run();
    for (const engine of all) close(await engine.run(), expected);
    const [ms, denseMs, ...otherMs] = await times(all.map(({ run }) => run));
    others.forEach(([, engine]) => engine.end());
    const title = `package: GCN forward, ${name}, ${numLayers} layers x ${hidden}`;
    return others.flatMap(([peer], i) => [
      row(title, ms, otherMs[i], peer),
      row(`${title}, dense features`, denseMs, otherMs[i], peer),
    ]);
  } finally {
    client.dispose();
  }
}

/**
 * Entries of the adjacency row by row, their values, and the scale of both ends that these are products of.
 */
function adjacency({ numNodes, indptr, indices }) {
  const scale = Float32Array.from(
    { length: numNodes },
    (_, node) => 1 / Math.sqrt(indptr[node + 1] - indptr[node]),
  );
  const targets = new Uint32Array(indices.length);
  for (let node = 0; node < numNodes; node += 1) targets.fill(node, indptr[node], indptr[node + 1]);
  const values = Float32Array.from(indices, (source, i) => scale[source] * scale[targets[i]]);
  return { scale, entries: { sources: indices, targets, values } };
}

/** Weights by a formula, `[inputs, outputs]` for the engines and `[outputs, inputs]` in the file. */
function weights(widths) {
  const tensors = {};
  const layers = widths.slice(1).map((outputs, i) => {
    const inputs = widths[i];
    const stored = Float32Array.from(
      { length: inputs * outputs },
      (_, at) => Math.sin(at * 1.7) / Math.sqrt(inputs),
    );
    const bias = Float32Array.from({ length: outputs }, (_, at) => Math.cos(at) / 8);
    tensors[`convs.${i}.lin.weight`] = ["F32", [outputs, inputs], stored];
    tensors[`convs.${i}.bias`] = ["F32", [outputs], bias];
    const weight = new Float32Array(stored.length);
    for (let k = 0; k < inputs; k += 1)
      for (let j = 0; j < outputs; j += 1) weight[k * outputs + j] = stored[j * inputs + k];
    return { inputs, outputs, weight, bias };
  });
  return { layers, file: safetensors(tensors) };
}

/** The same graph with all features written out. */
function dense(numNodes, edges, numFeatures, x) {
  const half = edges.length / 2;
  const pairs = new BigInt64Array(edges.length);
  for (let i = 0; i < half; i += 1)
    [pairs[i], pairs[half + i]] = [BigInt(edges[2 * i]), BigInt(edges[2 * i + 1])];
  return safetensors({ edge_index: ["I64", [2, half], pairs], x: ["F32", [numNodes, numFeatures], x] });
}

function close(found, expected) {
  const worst = found.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
  assert.ok(
    found.length === expected.length && worst < 1e-3,
    `the engines do the same work, they differ by ${worst}`,
  );
}

/** Median milliseconds of each, taken in turn after two runs that warm up. */
async function times(works) {
  const found = works.map(() => []);
  for (let round = 0; round < 7; round += 1) {
    for (const [i, work] of works.entries()) {
      const start = performance.now();
      await work();
      if (round >= 2) found[i].push(performance.now() - start);
    }
  }
  return found.map((all) => all.sort((a, b) => a - b)[all.length >> 1]);
}

/**
 * Greatest memory of a fresh client after inference, and of another after some epochs of training; 3 layers x
 * 256.
 */
async function memory(name, files) {
  const measured = async (title, work) => {
    const client = await createClient();
    try {
      const graph = await client.openGraph(files);
      const opened = await client.memoryBytes();
      await work(client, graph);
      const value = (await client.memoryBytes()) / 1e6;
      const peer = `the opened graph (${(opened / 1e6).toPrecision(3)} MB)`;
      return {
        name: `package: memory of ${title}, ${name}, 3 layers x 256`,
        value,
        unit: "MB",
        peer,
        ratio: (value * 1e6) / opened,
        measure: "large",
      };
    } finally {
      client.dispose();
    }
  };
  return [
    await measured("inference on the whole graph", async (client, graph) => {
      const { file } = weights([graph.numFeatures, 256, 256, graph.numClasses]);
      await graph.infer(await client.openModel(file, { featureNormalization: "none" }));
    }),
    await measured("4 epochs of training", (_, graph) => graph.train({ layers: 3, hidden: 256, epochs: 4 })),
  ];
}

function row(name, value, peerValue, peer) {
  return {
    name,
    value,
    unit: "ms",
    peer: `${peer} (${peerValue.toPrecision(3)} ms)`,
    ratio: peerValue / value,
  };
}
