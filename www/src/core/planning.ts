import type { GraphHandle, Layout, Normalization, PlanHandle, PlanOptions } from "ibmb";
import type { OpenGraph } from "./data.ts";
import { islandHues } from "./colour.ts";
import { PLAN_CHOICES, PLAN_NUMBERS, readNumber, type PlanChoice, type PlanNumber } from "./options.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

export interface PlanSettings {
  alpha: number;
  eps: number;
  topK: number;
  /** `null`: chosen by the package from the number of outputs. */
  outputsPerBatch: number | null;
  outputNodes: "all" | "train" | "val" | "test";
  normalization: Normalization;
}

export const PLAN_DEFAULTS: Readonly<PlanSettings> = {
  alpha: PLAN_NUMBERS.alpha.default,
  eps: PLAN_NUMBERS.eps.default,
  topK: PLAN_NUMBERS.topK.default,
  outputsPerBatch: PLAN_NUMBERS.outputsPerBatch.default,
  outputNodes: PLAN_CHOICES.outputNodes.default,
  normalization: PLAN_CHOICES.normalization.default,
};

/** A plan with what the map needs of it. */
export interface OpenPlan {
  handle: PlanHandle;
  layout: Layout;
  settings: PlanSettings;
  /** Hue slot of every batch. */
  hues: Uint8Array;
}

/** A text in a field that is no allowed value, and why. */
export interface Draft {
  text: string;
  problem: string;
}

const DEBOUNCE_MS = 180;

/** The plan and its settings. A plan that is being made leaves the one at hand in place. */
export class PlanStore extends Store {
  settings: PlanSettings = { ...PLAN_DEFAULTS };
  drafts: Partial<Record<PlanNumber, Draft>> = {};
  plan: OpenPlan | null = null;
  readonly work = new Work(() => this.changed());
  /** Called when the settings ask for another plan. */
  onWanted: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  setNumber(name: PlanNumber, text: string): void {
    const read = readNumber(PLAN_NUMBERS[name], text);
    if ("problem" in read) {
      this.drafts = { ...this.drafts, [name]: { text, problem: read.problem } };
      this.changed();
      return;
    }
    this.#set({ ...this.settings, [name]: read.value }, name);
  }

  setChoice(name: PlanChoice, value: string): void {
    this.#set({ ...this.settings, [name]: value } as PlanSettings);
  }

  /** The value in force, the package's own choice included. */
  value(name: PlanNumber): number | null {
    return this.settings[name] ?? this.plan?.handle.options[name] ?? null;
  }

  /** A value that the package refused. */
  refuse(name: PlanNumber, problem: string): void {
    this.drafts = { ...this.drafts, [name]: { text: String(this.value(name) ?? ""), problem } };
    if (this.plan !== null) this.settings = { ...this.plan.settings };
    this.changed();
  }

  /** Stops the plan that is being made; the settings go back to those of the plan at hand. */
  cancel(): void {
    clearTimeout(this.#timer);
    if (this.plan !== null) this.settings = { ...this.plan.settings };
    this.work.cancel();
  }

  reset(): void {
    clearTimeout(this.#timer);
    this.drafts = {};
    this.#set({ ...PLAN_DEFAULTS });
  }

  get atDefaults(): boolean {
    return Object.keys(this.drafts).length === 0 &&
      (Object.keys(PLAN_DEFAULTS) as (keyof PlanSettings)[]).every((key) => this.settings[key] === PLAN_DEFAULTS[key]);
  }

  /** Makes a plan of the settings; `null` when a later one took its place. */
  make(graph: OpenGraph): Promise<OpenPlan | null> {
    clearTimeout(this.#timer);
    const settings = { ...this.settings };
    return this.work.run(async (work) => {
      const handle = await graph.handle.plan(planOptions(graph.handle, settings, graph.split), work);
      try {
        const layout = await handle.layout(work);
        return { handle, layout, settings, hues: islandHues(centres(layout, handle.numBatches)) };
      } catch (error) {
        handle.dispose();
        throw error;
      }
    }, (late) => late.handle.dispose());
  }

  #set(settings: PlanSettings, name?: PlanNumber): void {
    if (name !== undefined) {
      const { [name]: _gone, ...rest } = this.drafts;
      this.drafts = rest;
    }
    this.settings = settings;
    this.changed();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.onWanted(), DEBOUNCE_MS);
  }
}

function planOptions(graph: GraphHandle, settings: PlanSettings, split: string | null): PlanOptions {
  const options: PlanOptions = {
    method: "node-wise",
    outputNodes: settings.outputNodes,
    alpha: settings.alpha,
    eps: settings.eps,
    topK: Math.min(settings.topK, graph.numNodes),
    normalization: settings.normalization,
  };
  if (split !== null) options.split = split;
  if (settings.outputsPerBatch !== null) options.outputsPerBatch = settings.outputsPerBatch;
  return options;
}

/** Mean position of every island, x and y in turn. */
function centres(layout: Layout, numBatches: number): Float64Array {
  const sums = new Float64Array(numBatches * 2);
  const counts = new Uint32Array(numBatches);
  layout.island.forEach((island, node) => {
    if (island < 0) return;
    sums[2 * island]! += layout.positions[2 * node]!;
    sums[2 * island + 1]! += layout.positions[2 * node + 1]!;
    counts[island]!++;
  });
  return sums.map((sum, i) => sum / Math.max(1, counts[i >> 1]!));
}
