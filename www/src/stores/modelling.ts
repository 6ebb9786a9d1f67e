import type {
  BatchDone,
  Epoch,
  GraphHandle,
  Inference,
  InputFile,
  ModelHandle,
  ModelOptions,
  PlanHandle,
  PlanOptions,
  TrainRun,
} from "ibmb";
import { Arrivals } from "./arrivals.ts";
import { partSize, type OpenGraph } from "./data.ts";
import type { OpenPlan } from "./planning.ts";
import { planOptions } from "./plan-settings.ts";
import { readNumber } from "./options.ts";
import type { Draft } from "./planning.ts";
import type { RunStore } from "./running.ts";
import { Store } from "./store.ts";
import {
  counts,
  TRAIN_DEFAULTS,
  trainOption,
  trainOptions,
  type TrainOption,
  type TrainSettings,
} from "./train-options.ts";
import { Work } from "./work.ts";

export interface OpenModel {
  handle: ModelHandle;
  /** Where it came from, for people. */
  source: string;
  /** Its weights, to open them again. */
  file: InputFile;
  /** What was said of the weights that their file does not say. */
  options?: ModelOptions;
  /** Weights of a sample, which come with it. */
  sample?: true;
}

/** Answers to what a file of weights leaves open, when that is why it could not be read. */
export function answers(error: unknown): { id: string; label: string; option: ModelOptions }[] {
  const { code, details } = error as { code?: string; details?: { name?: string } };
  if (code !== "invalid_option") return [];
  switch (details?.name) {
    case "activation":
      return [
        { id: "relu", label: "ReLU", option: { activation: "relu" } },
        { id: "elu", label: "ELU", option: { activation: "elu" } },
      ];
    case "concat":
      return [
        { id: "concat", label: "Side by side", option: { concat: true } },
        { id: "mean", label: "Their mean", option: { concat: false } },
      ];
    default:
      return [];
  }
}

/** A pass over the plan beside the exact pass over the whole graph. */
export interface Run {
  batched: Inference;
  full: Inference;
  /** Medians of `repeats` passes of each. */
  batchedMs: number;
  fullMs: number;
  repeats: number;
  /** Where the time of the first pass went, in which features are gathered or sent to workers. */
  firstMs: Record<string, number>;
  /** Bytes of the wasm memories of all workers after it. */
  memoryBytes: number;
  workers: number;
  /** Share of the plan's outputs on which both predict the same class. */
  agreement: number;
  /** Class of every node of the graph, -1 where the plan predicts none. */
  predictions: Int32Array;
  /** Share right of the labelled outputs of every batch; NaN without labels. */
  batchAccuracy: Float64Array;
  /** Share of every batch's outputs on which both predict the same class. */
  batchAgreement: Float64Array;
  /** The plan it ran over. */
  plan: PlanHandle;
}

export interface Training {
  running: boolean;
  epochs: Epoch[];
  planned: number;
  bestEpoch: number | null;
  /** `null` while it goes on, and after a failure. */
  ended: TrainRun["ended"] | null;
}

/** Passes that take less than this together are repeated. */
const SHORT_MS = 400;
const REPEATS = 5;

/** The model: weights at hand, the last run over the plan, training. */
export class ModelStore extends Store {
  model: OpenModel | null = null;
  run: Run | null = null;
  /** Batches of the run under way, as they come in; a moment longer than it, so that all of them are seen. */
  arrivals: Arrivals | null = null;
  training: Training | null = null;
  settings: TrainSettings = { ...TRAIN_DEFAULTS };
  drafts: Partial<Record<TrainOption, Draft>> = {};
  readonly work = new Work(() => this.changed());
  #stop: AbortController | null = null;

  /** Puts a model in place of the one at hand, whose predictions go with it. */
  open(model: OpenModel | null): void {
    this.model?.handle.dispose();
    this.model = model;
    this.run = null;
    this.#endArrivals();
    this.changed();
  }

  forgetRun(): void {
    this.work.cancel();
    this.run = null;
    this.#endArrivals();
    this.changed();
  }

  /** Ends the run under way; the last one that was finished stays. */
  cancelRun(): void {
    this.work.cancel();
    this.#endArrivals();
    this.changed();
  }

  #endArrivals(): void {
    this.arrivals?.end();
    this.arrivals = null;
  }

  setNumber(name: TrainOption, text: string): void {
    const option = trainOption(name);
    if (option.kind !== "number") return;
    const read = option.default === null && text.trim() === "" ? { value: null } : readNumber(option, text);
    if ("problem" in read) {
      this.drafts = { ...this.drafts, [name]: { text, problem: read.problem } };
      this.changed();
    } else this.set(name, read.value as TrainSettings[typeof name]);
  }

  /** Takes a value; a number must have passed `setNumber`. */
  set<Name extends TrainOption>(name: Name, value: TrainSettings[Name]): void {
    this.settings = { ...this.settings, [name]: value };
    const kept = Object.entries(this.drafts).filter(
      ([other, draft]) => other !== name && !draft.refused && counts(other as TrainOption, this.settings),
    );
    this.drafts = Object.fromEntries(kept);
    this.changed();
  }

  /** The package did not train with the value, which stays until this or another option is changed. */
  refuse(name: TrainOption, problem: string): void {
    this.drafts = {
      ...this.drafts,
      [name]: { text: String(this.settings[name] ?? ""), problem, refused: true },
    };
    this.training = null;
    this.changed();
  }

  /** Runs the model over the plan, then over the whole graph. */
  async infer(graph: OpenGraph, plan: OpenPlan, running: RunStore): Promise<void> {
    const model = this.model!;
    const options = {
      probabilities: running.probabilities,
      ...(graph.split === null ? {} : { split: graph.split }),
    };
    const { workers } = running;
    this.#endArrivals();
    const arrivals = new Arrivals(graph.handle, plan.handle, () => this.changed());
    this.arrivals = arrivals;
    const run = await this.work
      .run(async (work) => {
        const inBatches = (more = {}) => plan.handle.infer(model.handle, { ...work, ...options, ...more });
        let batched = await inBatches({ onBatch: (batch: BatchDone) => arrivals.add(batch) });
        const firstMs = batched.msByStage;
        const only = batched.nodes.length < graph.handle.numNodes ? { nodes: batched.nodes } : {};
        const whole = () =>
          graph.handle.infer(model.handle, {
            ...options,
            ...only,
            signal: work.signal,
            normalization: plan.handle.options.normalization.endsWith("rw") ? "global-rw" : "global-sym",
            onProgress: (p) => work.onProgress({ ...p, stage: "full graph" }),
          });
        let full = await whole();
        // Short passes are repeated in turn: the first ones pay for the compiler's warm-up.
        const times = { batched: [batched.timeMs], full: [full.timeMs] };
        const repeats = batched.timeMs + full.timeMs < SHORT_MS ? REPEATS : 1;
        while (times.full.length < repeats) {
          batched = await inBatches();
          full = await whole();
          times.batched.push(batched.timeMs);
          times.full.push(full.timeMs);
        }
        const memoryBytes = (await running.client?.memoryBytes()) ?? 0;
        return {
          ...compare(graph.handle, plan.handle, batched, full),
          batchedMs: median(times.batched),
          fullMs: median(times.full),
          repeats,
          firstMs,
          memoryBytes,
          workers,
        };
      })
      .catch((error: unknown) => {
        if (this.arrivals === arrivals) this.#endArrivals();
        throw error;
      });
    if (run === null || this.model !== model) return;
    this.run = run;
    this.changed();
    void arrivals.shown().then(() => {
      if (this.arrivals !== arrivals) return;
      this.arrivals = null;
      this.changed();
    });
  }

  /** Trains; the best weights become the model. Resolves when it has ended or was stopped. */
  async train(graph: OpenGraph, plan: OpenPlan): Promise<void> {
    const { settings } = this;
    const stop = new AbortController();
    this.#stop = stop;
    const training: Training = {
      running: true,
      epochs: [],
      planned: settings.epochs,
      bestEpoch: null,
      ended: null,
    };
    this.training = training;
    this.changed();
    let batches: PlanHandle | null = null;
    try {
      if (settings.over === "plan") {
        batches = await graph.handle.plan(trainingPlan(graph, plan), { signal: stop.signal });
      }
      const run = await graph.handle.train({
        ...trainOptions(settings),
        split: graph.split ?? undefined,
        plan: batches ?? "full",
        signal: stop.signal,
        onEpoch: (epoch) => {
          training.epochs.push(epoch);
          this.changed();
        },
      });
      training.epochs = run.history;
      training.bestEpoch = run.bestEpoch;
      training.ended = run.ended;
      const source = `trained here, epoch ${run.bestEpoch}`;
      const file = { name: "trained.safetensors", data: await run.model.save() };
      if (this.training === training) this.open({ handle: run.model, source, file });
      else run.model.dispose();
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      training.ended = "stopped";
    } finally {
      batches?.dispose();
      training.running = false;
      if (this.#stop === stop) this.#stop = null;
      this.changed();
    }
  }

  stopTraining(): void {
    this.#stop?.abort();
  }

  /** Another graph: nothing of the old one counts any more. */
  clear(): void {
    this.forgetWork();
    this.open(null);
  }

  /** The same graph read in another way: what was computed on it does not count, the weights do. */
  forgetWork(): void {
    this.stopTraining();
    this.training = null;
    this.forgetRun();
  }
}

/** The plan's options for the training nodes; what the package chose for the plan's own outputs it chooses anew. */
function trainingPlan(graph: OpenGraph, plan: OpenPlan): PlanOptions {
  const options = planOptions({ ...plan.settings, outputNodes: "train" }, graph.split);
  const { numBatches } = options;
  return numBatches === undefined
    ? options
    : { ...options, numBatches: Math.min(numBatches, partSize(graph, "train")) };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function compare(
  graph: GraphHandle,
  plan: PlanHandle,
  batched: Inference,
  full: Inference,
): Pick<Run, "batched" | "full" | "agreement" | "predictions" | "batchAccuracy" | "batchAgreement" | "plan"> {
  const exact = new Int32Array(graph.numNodes).fill(-1);
  full.nodes.forEach((node, i) => (exact[node] = full.predictions[i]!));
  const predictions = new Int32Array(graph.numNodes).fill(-1);
  const right = new Float64Array(plan.numBatches);
  const labelled = new Float64Array(plan.numBatches);
  const agreeing = new Float64Array(plan.numBatches);
  let same = 0;
  batched.nodes.forEach((node, i) => {
    const prediction = batched.predictions[i]!;
    predictions[node] = prediction;
    const label = graph.labels?.[node] ?? -1;
    const batch = plan.batchOf[node]!;
    if (exact[node] === prediction) {
      same++;
      agreeing[batch]!++;
    }
    if (label < 0 || batch < 0) return;
    labelled[batch]!++;
    if (label === prediction) right[batch]!++;
  });
  const batchAccuracy = right.map((n, i) => n / labelled[i]!);
  const batchAgreement = agreeing.map((n, i) => n / plan.table.numOutputs[i]!);
  return {
    batched,
    full,
    agreement: same / Math.max(1, batched.nodes.length),
    predictions,
    batchAccuracy,
    batchAgreement,
    plan,
  };
}
