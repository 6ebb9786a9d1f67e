import type { Hops, Order, PlanHandle } from "ibmb";
import type { ModelStore } from "./modelling.ts";
import type { ChoiceOption } from "./options.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/** Batches that are compared pair by pair, at most: the square of it is held and drawn. */
export const MOST_PAIRED = 1500;

/** Figures that a plan gives on request. */
export interface PlanFigures {
  hops: Hops;
  /** Counts of shared nodes, row-major; `null` for too many batches. */
  overlap: Uint32Array | null;
}

export const DISTANCE: ChoiceOption = {
  kind: "choice", name: "distance", label: "distance", default: "kl", choices: [["kl", "KL divergence"], ["l1", "L1"]],
  meanings: {
    kl: "Symmetric Kullback-Leibler divergence; training takes this one.",
    l1: "Sum of the absolute differences of the shares, at most 2.",
  },
  help: "How much the label distributions of two batches' outputs differ. IBMB paper, batch scheduling.",
};

type Distance = "kl" | "l1";

/** An answer of the plan, or why there is none. */
interface Asked<Value> {
  plan: PlanHandle;
  /** What else it depends on. */
  key: string;
  value: Value | null;
  problem: string | null;
}

/** Figures and order of the plan at hand: asked for when they are looked at, and kept until the plan is another. */
export class FigureStore extends Store {
  distance: Distance = "kl";
  readonly work = new Work(() => this.changed());
  /** Called when the engine ended over a figure. */
  onCrash: (error: unknown) => void = () => {};
  #figures: Asked<PlanFigures> | null = null;
  #labels: Asked<Uint32Array> | null = null;
  #order: Asked<Order> | null = null;
  readonly #modelling: ModelStore;

  constructor(modelling: ModelStore) {
    super();
    this.#modelling = modelling;
  }

  setDistance(distance: Distance): void {
    this.distance = distance;
    this.changed();
  }

  /** The figures of the plan; asks for them the first time. */
  figuresOf(plan: PlanHandle): Pick<Asked<PlanFigures>, "value" | "problem"> {
    if (this.#figures?.plan !== plan) {
      const asked: Asked<PlanFigures> = (this.#figures = { plan, key: "", value: null, problem: null });
      const overlap = plan.numBatches <= MOST_PAIRED ? plan.overlap() : null;
      this.#settle(asked, Promise.all([plan.hops(), overlap]).then(([hops, shared]) => ({ hops, overlap: shared })));
    }
    return this.#figures!;
  }

  /** Counts of outputs by batch and class, row-major, of a graph with labels; asks for them the first time. */
  labelsOf(plan: PlanHandle): Pick<Asked<Uint32Array>, "value" | "problem"> {
    if (this.#labels?.plan !== plan) {
      const asked: Asked<Uint32Array> = (this.#labels = { plan, key: "", value: null, problem: null });
      this.#settle(asked, plan.labelCounts());
    }
    return this.#labels!;
  }

  /** The order of the batches under the settings of training; asks for it when plan or settings are others. */
  orderOf(plan: PlanHandle): Pick<Asked<Order>, "value" | "problem"> {
    const { schedule, seed } = this.#modelling.settings;
    const { distance } = this;
    const key = [schedule, seed, distance].join();
    if (this.#order?.plan !== plan || this.#order.key !== key) {
      const asked: Asked<Order> = (this.#order = { plan, key, value: null, problem: null });
      // Not while a component renders: the work tells its listeners at once.
      this.#settle(asked, Promise.resolve().then(() => this.work.run((work) => plan.order({ schedule, seed, distance, ...work }))));
    }
    return this.#order!;
  }

  /** Lets go of what another plan gave. */
  forget(): void {
    this.work.cancel();
    this.#figures = this.#labels = this.#order = null;
    this.changed();
  }

  #settle<Value>(asked: Asked<Value>, answer: Promise<Value | null>): void {
    answer.then(
      (value) => (asked.value = value),
      (error: unknown) => {
        const { code } = error as { code?: string };
        if (code === "worker_crashed") this.onCrash(error);
        // A plan that was replaced in the meantime has nothing to give.
        if (code !== "disposed") asked.problem = error instanceof Error ? error.message : String(error);
      },
    ).finally(() => this.changed());
  }
}

/** Length of the closed way through the batches of one epoch. */
export function wayLength(order: ArrayLike<number>, distances: Float64Array): number {
  const n = order.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += distances[order[i]! * n + order[(i + 1) % n]!]!;
  return sum;
}

/** How many values fall into each of `count` equal ranges from the least to the greatest. */
export function binned(values: ArrayLike<number>, count: number): { from: number; to: number; count: number }[] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (!(high > low)) return values.length === 0 ? [] : [{ from: low, to: high, count: values.length }];
  const width = (high - low) / count;
  const bins = Array.from({ length: count }, (_, i) => ({ from: low + i * width, to: low + (i + 1) * width, count: 0 }));
  for (let i = 0; i < values.length; i++) bins[Math.min(count - 1, Math.floor((values[i]! - low) / width))]!.count++;
  return bins;
}
