/** What is open and what was computed, as files for other programs; `docs/formats.md` has their tables. */
import type { Client, ExportFormat, NodeColumn, PlanHandle, WorkOptions } from "ibmb";
import type { App } from "./app.ts";

/** Something that can be saved. */
export interface Saveable {
  key: string;
  label: string;
  /** What the file holds. */
  about: string;
  /** Why there is nothing to save; `null` when there is. */
  lacks: string | null;
  files: readonly SaveableFile[];
}

export interface SaveableFile {
  ending: "safetensors" | ExportFormat;
  make(work: WorkOptions): Promise<Uint8Array>;
}

const NO_GRAPH = "Open a graph first.";
const NO_MODEL = "Load weights or train a model first.";
const NO_NODE = "Select a node first: click one on the map.";

/** All that can be saved now, in the order of the work: data, plan, model, results. */
export function saveables(app: App): readonly Saveable[] {
  const { graph, plan, client, view } = app;
  const { model, run } = app.modelling;
  const planned = plan !== null && plan.handle.numBatches > 0;
  const current = run !== null && run.plan === plan?.handle ? run : null;
  const node = view.node === null ? null : app.data.nameOf(view.node);
  const tensors = (make: SaveableFile["make"]): readonly SaveableFile[] => [{ ending: "safetensors", make }];
  const columns = ["batch", "score", ...(current === null ? [] : ["prediction"])];
  return [
    {
      key: "graph",
      label: "Graph",
      lacks: graph === null ? NO_GRAPH : null,
      about: planned
        ? `The whole graph; GraphML and GEXF for Gephi, with ${columns.join(", ").replace(/, (?=[^,]*$)/, " and ")} of every node.`
        : "The whole graph; GraphML and GEXF for Gephi.",
      files: [
        { ending: "safetensors", make: () => graph!.handle.save() },
        ...(["graphml", "gexf"] as const).map((ending) => ({
          ending,
          make: async () => graph!.handle.exportAs(ending, await nodeColumns(app)),
        })),
      ],
    },
    {
      key: "plan",
      label: "Plan",
      lacks: planned ? null : graph === null ? NO_GRAPH : "Make a plan with at least one output first.",
      about: "Nodes, scores and sub-graph of every batch, for training with PyG or DGL.",
      files: tensors(() => plan!.handle.save()),
    },
    {
      key: "weights",
      label: "Weights",
      lacks: model === null ? NO_MODEL : null,
      about: `${model?.handle.arch.toUpperCase() ?? ""} with the parameter names of PyG.`,
      files: tensors(() => model!.handle.save()),
    },
    {
      key: "predictions",
      label: "Predictions",
      lacks: current === null ? "Run inference first." : null,
      about: "Logits and predicted classes of all outputs, from inference in batches.",
      files: tensors(() => predictions(app, client!)),
    },
    {
      key: "influence",
      label: "Influence by PPR",
      lacks: graph === null ? NO_GRAPH : node === null ? NO_NODE : null,
      about: `All nodes with influence on ${node ?? ""}, by personalised PageRank.`,
      files: tensors(() => influence(app, client!)),
    },
    {
      key: "exact",
      label: "Influence, exact",
      lacks: node === null ? NO_NODE : model === null ? NO_MODEL : null,
      about: `Exact influence on ${node ?? ""}, from the derivatives of the model.`,
      files: tensors((work) => exactInfluence(app, client!, work)),
    },
    {
      key: "selection",
      label: "Selection",
      lacks:
        view.chosen.length > 0
          ? null
          : "Select several nodes first: Shift and click, a rectangle, a lasso or the legend.",
      about: "Ids of the selected nodes.",
      files: tensors(() => client!.saveTensors({ nodes: view.chosen }, about(app, "selection"))),
    },
  ];
}

/** Metadata that every file of results has. */
function about({ graph }: App, kind: string, more: Record<string, string> = {}): Record<string, string> {
  return { kind, graph: graph!.handle.name, num_nodes: String(graph!.handle.numNodes), ...more };
}

/** Batch of every output with its score in it, and what it was predicted to be. */
async function nodeColumns({ graph, plan, client, modelling: { run } }: App): Promise<NodeColumn[]> {
  if (plan === null || plan.handle.numBatches === 0) return [];
  const { classNames } = graph!.handle;
  const columns: NodeColumn[] = [
    { name: "batch", values: plan.handle.batchOf },
    { name: "score", values: await scoresAtHome(client!, plan.handle, graph!.handle.numNodes) },
  ];
  if (run?.plan === plan.handle) {
    columns.push({
      name: "prediction",
      values: Array.from(run.predictions, (c) => (c < 0 ? "" : (classNames[c] ?? String(c)))),
    });
  }
  return columns;
}

/** Score of every output in the batch that predicts it; NaN for other nodes. */
async function scoresAtHome(client: Client, plan: PlanHandle, numNodes: number): Promise<Float32Array> {
  const { tensors } = await client.readTensors(await plan.save());
  const array = <Kind>(name: string) => tensors[name]!.data as Kind;
  const [nodes, outputs, scores] = [
    array<Int32Array>("nodes"),
    array<Int32Array>("outputs"),
    array<Float32Array>("scores"),
  ];
  const [nodePtr, outputPtr] = [array<BigInt64Array>("batch_ptr"), array<BigInt64Array>("output_ptr")];
  const values = new Float32Array(numNodes).fill(NaN);
  for (let batch = 0; batch < plan.numBatches; batch++) {
    const start = Number(nodePtr[batch]!);
    for (const local of outputs.subarray(Number(outputPtr[batch]!), Number(outputPtr[batch + 1]!)))
      values[nodes[start + local]!] = scores[start + local]!;
  }
  return values;
}

function predictions(app: App, client: Client): Promise<Uint8Array> {
  const {
    modelling: { run, model },
    graph,
  } = app;
  const { nodes, logits, predictions, probabilities, numClasses } = run!.batched;
  const rows = (data: Float32Array) => ({ data, shape: [nodes.length, numClasses] });
  return client.saveTensors(
    {
      nodes,
      logits: rows(logits),
      predictions,
      ...(probabilities === undefined ? {} : { probabilities: rows(probabilities) }),
    },
    about(app, "predictions", {
      classes: JSON.stringify(graph!.handle.classNames),
      model: model!.source,
      plan: run!.plan.stats.digest,
    }),
  );
}

/** Settings of PageRank in force, and the node that is asked about. */
function asked({ plan, view }: App): {
  node: number;
  alpha: number;
  eps: number;
  said: Record<string, string>;
} {
  const { alpha, eps } = plan!.settings;
  return {
    node: view.node!,
    alpha,
    eps,
    said: { node: String(view.node), alpha: String(alpha), eps: String(eps) },
  };
}

async function influence(app: App, client: Client): Promise<Uint8Array> {
  const { node, alpha, eps, said } = asked(app);
  const { nodes, scores } = await app.graph!.handle.influencers(node, {
    alpha,
    eps,
    k: app.graph!.handle.numNodes,
  });
  return client.saveTensors({ nodes, scores }, about(app, "influence", { measure: "ppr", ...said }));
}

async function exactInfluence(app: App, client: Client, work: WorkOptions): Promise<Uint8Array> {
  const { node, alpha, eps, said } = asked(app);
  const model = app.modelling.model!;
  const { nodes, scores, ppr } = await app.graph!.handle.exactInfluence(model.handle, node, {
    alpha,
    eps,
    ...work,
  });
  return client.saveTensors(
    { nodes, scores, ppr },
    about(app, "influence", { measure: "exact", model: model.source, ...said }),
  );
}
