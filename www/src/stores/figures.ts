import type { Hops, Order, PlanHandle } from "ibmb";
import { Question, type Answer } from "./asking.ts";
import type { ModelStore } from "./modelling.ts";
import type { ChoiceOption } from "./options.ts";
import { Player } from "./player.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/** Batches that are compared pair by pair, at most: the square of it is held and drawn. */
export const MOST_PAIRED = 1500;

/** Epochs of a schedule that can be played. */
export const PLAYED_EPOCHS = 10;

/** Figures that a plan gives on request. */
export interface PlanFigures {
  hops: Hops;
  /** Counts of shared nodes, row-major; `null` for too many batches. */
  overlap: Uint32Array | null;
}

export const DISTANCE: ChoiceOption = {
  kind: "choice",
  name: "distance",
  label: "distance",
  default: "kl",
  choices: [
    ["kl", "KL divergence"],
    ["l1", "L1"],
  ],
  meanings: {
    kl: "Symmetric Kullback-Leibler divergence; training takes this one.",
    l1: "Sum of the absolute differences of the shares, at most 2.",
  },
  help: "How much the label distributions of two batches' outputs differ. IBMB paper, batch scheduling.",
};

type Distance = "kl" | "l1";

/** Figures and order of the plan at hand: asked for when they are looked at, and kept until the plan is another. */
export class FigureStore extends Store {
  distance: Distance = "kl";
  readonly work = new Work(() => this.changed());
  readonly player = new Player();
  /** Called when the engine ended over a figure. */
  onCrash: (error: unknown) => void = () => {};
  readonly #figures = this.#question<PlanFigures>();
  readonly #labels = this.#question<Uint32Array>();
  readonly #order = this.#question<Order>();
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
  figuresOf(plan: PlanHandle): Answer<PlanFigures> {
    return this.#figures.about([plan], async () => {
      const [hops, overlap] = await Promise.all([
        plan.hops(),
        plan.numBatches <= MOST_PAIRED ? plan.overlap() : null,
      ]);
      return { hops, overlap };
    });
  }

  /** Counts of outputs by batch and class, row-major, of a graph with labels; asks for them the first time. */
  labelsOf(plan: PlanHandle): Answer<Uint32Array> {
    return this.#labels.about([plan], () => plan.labelCounts());
  }

  /** The order of the batches of some epochs under the settings of training; asks for it when plan or settings are others. */
  orderOf(plan: PlanHandle): Answer<Order> {
    const { schedule, seed } = this.#modelling.settings;
    const { distance } = this;
    return this.#order.about(
      [plan, schedule, seed, distance],
      // Not while a component renders: the work tells its listeners at once.
      () =>
        Promise.resolve().then(() =>
          this.work.run((work) => plan.order({ schedule, seed, distance, epochs: PLAYED_EPOCHS, ...work })),
        ),
    );
  }

  /** Lets go of what another plan gave. */
  forget(): void {
    this.work.cancel();
    this.player.take(new Uint32Array(0), 1);
    for (const question of [this.#figures, this.#labels, this.#order]) question.forget();
    this.changed();
  }

  #question<Value>(): Question<Value> {
    return new Question(
      () => this.changed(),
      (error) => this.onCrash(error),
    );
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
export function binned(
  values: ArrayLike<number>,
  count: number,
): { from: number; to: number; count: number }[] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (!(high > low)) return values.length === 0 ? [] : [{ from: low, to: high, count: values.length }];
  const width = (high - low) / count;
  const bins = Array.from({ length: count }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    count: 0,
  }));
  for (let i = 0; i < values.length; i++)
    bins[Math.min(count - 1, Math.floor((values[i]! - low) / width))]!.count++;
  return bins;
}
