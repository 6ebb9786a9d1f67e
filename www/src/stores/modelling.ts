import type { BatchDone, PlanHandle } from "ibmb";
import type { Draft } from "../state/draft.ts";
import { PASSES } from "../state/generated/options.ts";
import type { OpenGraph } from "../state/graph.ts";
import type { OpenModel } from "../state/model.ts";
import { readNumber } from "../state/options.ts";
import type { OpenPlan } from "../state/plan.ts";
import { compare, median, type Run } from "../state/run.ts";
import {
  counts,
  TRAIN_DEFAULTS,
  type TrainOption,
  type TrainSettings,
  trainOption,
  trainOptions,
} from "../state/train-options.ts";
import { type Training, trainingPlan } from "../state/training.ts";
import { Arrivals } from "./arrivals.ts";
import type { RunStore } from "./running.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/** Passes that take less than this together are repeated. */
const SHORT_MS = 400;
const REPEATS = PASSES.repeats.default;

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
  async infer(graph: OpenGraph, plan: OpenPlan, running: Readonly<RunStore>): Promise<void> {
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
