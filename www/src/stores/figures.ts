import type { Order, PlanHandle } from "ibmb";
import { type Distance, MOST_PAIRED, PLAYED_EPOCHS, type PlanFigures } from "../state/figures.ts";
import { type Answer, Question } from "./asking.ts";
import type { ModelStore } from "./modelling.ts";
import { Player } from "./player.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/**
 * Figures and order of the plan at hand: asked for when they are looked at, and kept until the plan is
 * another.
 */
export class FigureStore extends Store {
  distance: Distance = "kl";
  readonly work = new Work(() => this.changed());
  readonly player: Readonly<Player>;
  readonly #figures: Question<PlanFigures>;
  readonly #labels: Question<Uint32Array>;
  readonly #order: Question<Order>;
  readonly #modelling: Readonly<ModelStore>;

  /** `onVisit` shows a batch that is played, `onCrash` is called when the engine ended over a figure. */
  constructor(
    modelling: Readonly<ModelStore>,
    onVisit: (batch: number) => Promise<void>,
    onCrash: (error: unknown) => void,
  ) {
    super();
    this.#modelling = modelling;
    this.player = new Player(onVisit);
    const onAnswer = () => this.changed();
    this.#figures = new Question(onAnswer, onCrash);
    this.#labels = new Question(onAnswer, onCrash);
    this.#order = new Question(onAnswer, onCrash);
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

  /**
   * Counts of outputs by batch and class, row-major, of a graph with labels; asks for them the first time.
   */
  labelsOf(plan: PlanHandle): Answer<Uint32Array> {
    return this.#labels.about([plan], () => plan.labelCounts());
  }

  /**
   * The order of the batches of some epochs under the settings of training; asks for it when plan or settings
   * are others.
   */
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
}
