import type { Client, GraphHandle, InferByOptions, InferencePoint, ModelHandle } from "ibmb";
import {
  type Comparison,
  comparedNodes,
  figures,
  NUM_FIXED,
  type Scaling,
  suggested,
  type UpTo,
} from "../state/comparison.ts";
import { PASSES, PLAN } from "../state/generated/options.ts";
import type { OpenGraph } from "../state/graph.ts";
import type { OpenModel } from "../state/model.ts";
import type { PlanSettings } from "../state/plan-settings.ts";
import { type Setting, type Share, sweep, TOGETHER, type Together } from "../state/sweeps.ts";
import { count } from "../state/words.ts";
import type { Reports } from "./reports.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

export const REPEATS = PASSES.repeats.default;
const WARM_UPS = PASSES.warmUps.default;
/** Passes longer than that are not repeated as often. */
const SLOW_MS = 1000;

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

/** Size of the graph on which the weights for all sizes are trained. */
const TRAINED_ON = 10_000;
/** Method and settings by size of the graph. */
const BY_SIZE: Setting[] = [
  { way: "full-graph", label: "exact", options: { method: "full-graph" } },
  { way: "node-wise", label: `k ${PLAN.topK.default}`, options: { method: "node-wise" } },
  {
    way: "neighbour-sampling",
    label: "fan-out 10",
    options: { method: "neighbour-sampling", fanOuts: [10, 10] },
  },
  { way: "shadow", label: `k ${PLAN.topK.default}`, options: { method: "shadow" } },
  { way: "cluster", label: "8 parts", options: { method: "cluster", numBatches: 8 } },
];

/** Ways of inference side by side: on the open graph, and by size on planted graphs. */
export class CompareStore extends Store {
  comparison: Comparison | null = null;
  scaling: Scaling | null = null;
  share: Share = "0.1";
  together: Together = "small";
  upTo: UpTo = "100000";
  /** Place of the chosen point. */
  chosen: number | null = null;
  readonly work = new Work(() => this.changed());
  readonly sizeWork = new Work(() => this.changed());
  readonly #makeClient: () => Promise<Client>;
  readonly #reports: Reports;

  constructor(makeClient: () => Promise<Client>, reports: Reports) {
    super();
    this.#makeClient = makeClient;
    this.#reports = reports;
  }

  set(changes: Partial<Pick<CompareStore, "share" | "together" | "upTo">>): void {
    Object.assign(this, changes);
    this.changed();
  }

  choose(index: number | null): void {
    this.chosen = index;
    this.changed();
  }

  /** Another graph or model: what was measured does not count. */
  forget(): void {
    this.work.cancel();
    this.comparison = this.chosen = null;
    this.changed();
  }

  /** Measures every setting of the sweep in turn; a cancel keeps what there is. */
  async run(graph: OpenGraph, model: OpenModel, settings: PlanSettings): Promise<void> {
    const { nodes, part, words } = comparedNodes(graph, this.share);
    const { handle } = graph;
    const ground = {
      numNodes: handle.numNodes,
      numOutputs: nodes.length,
      numLayers: model.handle.numLayers,
      arch: model.handle.arch,
      alpha: settings.alpha,
      eps: settings.eps,
      normalization: settings.normalization.endsWith("rw") ? "global-rw" : "global-sym",
      together: this.together,
    } as const;
    const all = sweep(ground);
    const labelled = handle.labels !== null && nodes.some((node) => handle.labels![node]! >= 0);
    const comparison: Comparison = {
      graph: handle,
      model: model.handle,
      weights: `${model.handle.arch.toUpperCase()}, ${model.source}`,
      outputs: `${words}, in ${TOGETHER.find(([value]) => value === this.together)![1]}`,
      numOutputs: nodes.length,
      part,
      score: labelled ? "accuracy" : "agreement",
      points: [],
      planned: all.length,
      problems: [],
      ended: false,
    };
    this.comparison = comparison;
    this.chosen = null;
    let exact: Uint32Array | null = null;
    try {
      await this.work.run(async ({ signal, onProgress }) => {
        for (const [at, setting] of all.entries()) {
          const stage = `${at + 1} of ${all.length}: ${setting.way}, ${setting.label},`;
          await this.#keep(comparison, setting, "", async () => {
            const point = await measure(
              handle,
              model.handle,
              { ...setting.options, outputNodes: nodes },
              graph.split,
              {
                signal,
                onProgress: (progress) => onProgress({ ...progress, stage: `${stage} ${progress.stage}` }),
              },
            );
            exact ??= point.predictions;
            comparison.points.push({ ...setting, ...figures(point, labelled ? null : exact) });
          });
        }
      });
    } catch (error) {
      this.#reports.report("The comparison stopped", error);
    } finally {
      comparison.ended = true;
      if (this.comparison === comparison) this.chosen ??= suggested(comparison.points);
      this.changed();
    }
  }

  /** Measures a few settings by size of the graph, on an engine of its own that goes when it is done. */
  async runBySize(): Promise<void> {
    const sizes = SIZES.filter((numNodes) => numNodes <= Number(this.upTo));
    const scaling: Scaling = {
      points: [],
      planned: sizes.length * BY_SIZE.length,
      problems: [],
      ended: false,
    };
    this.scaling = scaling;
    let client: Client | null = null;
    try {
      await this.sizeWork.run(async ({ signal, onProgress }) => {
        client = await this.#makeClient();
        const train = await client.plantedGraph({ numNodes: TRAINED_ON, signal, onProgress });
        const { model } = await train.train({
          epochs: 30,
          signal,
          onEpoch: ({ epoch }) =>
            onProgress({ stage: "training the weights, epoch", done: epoch, total: 30 }),
        });
        train.dispose();
        for (const numNodes of sizes) {
          const graph = await client.plantedGraph({ numNodes, signal, onProgress });
          const outputNodes = Uint32Array.from(
            { length: NUM_FIXED },
            (_, i) => Math.floor((i * numNodes) / NUM_FIXED) + (i % graph.numClasses),
          );
          for (const setting of BY_SIZE) {
            const stage = `${count(numNodes)} nodes, ${setting.way}:`;
            await this.#keep(scaling, setting, `${count(numNodes)} nodes, `, async () => {
              const point = await measure(graph, model, { ...setting.options, outputNodes }, null, {
                signal,
                onProgress: (progress) => onProgress({ ...progress, stage: `${stage} ${progress.stage}` }),
              });
              scaling.points.push({ ...setting, numNodes, ...figures(point, null) });
            });
          }
          graph.dispose();
        }
      });
    } catch (error) {
      this.#reports.report("The comparison by size stopped", error);
    } finally {
      (client as Client | null)?.dispose();
      scaling.ended = true;
      this.changed();
    }
  }

  /** One setting that cannot be measured does not end the others; a cancel or a crash does. */
  async #keep(
    list: { problems: string[] },
    setting: Setting,
    where: string,
    job: () => Promise<void>,
  ): Promise<void> {
    try {
      await job();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || ["cancelled", "disposed", "worker_crashed", "internal"].includes(code))
        throw error;
      list.problems.push(`${where}${setting.way}, ${setting.label}: ${(error as Error).message}`);
    }
    this.changed();
  }
}

/** Measures one setting; what is slow is repeated less. */
async function measure(
  graph: GraphHandle,
  model: ModelHandle,
  options: InferByOptions,
  split: string | null,
  work: { signal: AbortSignal; onProgress: (p: { stage: string; done: number; total: number }) => void },
): Promise<InferencePoint> {
  const prepared = await graph.prepareBy(model, {
    ...options,
    ...(split === null ? {} : { split }),
    ...work,
  });
  try {
    const first = await prepared.measure({ ...work, repeats: 1, warmUps: 0 });
    // The first pass was one to warm up.
    return first.timeMs > SLOW_MS
      ? first
      : await prepared.measure({ ...work, repeats: REPEATS, warmUps: WARM_UPS - 1 });
  } finally {
    prepared.dispose();
  }
}
