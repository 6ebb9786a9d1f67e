import { Store } from "./store.ts";

/** How long a batch is looked at. */
export const SPEEDS = [
  ["slow", "slow", 1500],
  ["usual", "usual", 600],
  ["fast", "fast", 150],
] as const;

export type Speed = (typeof SPEEDS)[number][0];

/** Goes through the batches of some epochs in the order of a schedule, step by step or by itself. */
export class Player extends Store {
  speed: Speed = "usual";
  /** Steps before the one that is shown, over all epochs; `null` before the first one. */
  visit: number | null = null;
  readonly #onVisit: (batch: number) => Promise<void>;
  /** Batches of all epochs, one epoch after another. */
  #order: Uint32Array = new Uint32Array(0);
  #numBatches = 1;
  /** The play under way: another one, or none, ends it. */
  #play: object | null = null;

  /** `onVisit` shows a batch. */
  constructor(onVisit: (batch: number) => Promise<void>) {
    super();
    this.#onVisit = onVisit;
  }

  get playing(): boolean {
    return this.#play !== null;
  }

  get numEpochs(): number {
    return this.#order.length / this.#numBatches;
  }

  /** Epoch that is shown, from 0. */
  get epoch(): number {
    return Math.floor((this.visit ?? 0) / this.#numBatches);
  }

  /** Order of the epoch that is shown. */
  get epochOrder(): Uint32Array {
    return this.#order.subarray(this.epoch * this.#numBatches, (this.epoch + 1) * this.#numBatches);
  }

  /** Place in the epoch, from 0; `null` before the first step. */
  get step(): number | null {
    return this.visit === null ? null : this.visit % this.#numBatches;
  }

  /** Batch before the one that is shown, also over the end of an epoch; `null` for the first. */
  get before(): number | null {
    return this.visit === null || this.visit === 0 ? null : this.#order[this.visit - 1]!;
  }

  get batch(): number | null {
    return this.visit === null ? null : this.#order[this.visit]!;
  }

  /** Takes the order of a schedule; another one is begun anew. */
  take(order: Uint32Array, numBatches: number): void {
    if (order === this.#order) return;
    this.pause();
    this.#order = order;
    this.#numBatches = Math.max(1, numBatches);
    this.visit = null;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else if (this.#order.length > 0) {
      // After the last step it begins again.
      if (this.visit === this.#order.length - 1) this.visit = null;
      void this.#run();
    }
  }

  pause(): void {
    this.#play = null;
    this.changed();
  }

  /** Goes some steps on or back. */
  async move(steps: number): Promise<void> {
    this.pause();
    await this.#show((this.visit ?? -1) + steps);
  }

  /** Goes to the first batch of an epoch. */
  async toEpoch(epoch: number): Promise<void> {
    this.pause();
    await this.#show(epoch * this.#numBatches);
  }

  setSpeed(speed: Speed): void {
    this.speed = speed;
    this.changed();
  }

  /** Somebody looks at another batch: playing on would take it away. */
  leave(batch: number): void {
    if (this.playing && batch !== this.batch) this.pause();
  }

  async #run(): Promise<void> {
    const play = {};
    this.#play = play;
    while (this.#play === play) {
      await this.#show((this.visit ?? -1) + 1);
      if (this.visit === this.#order.length - 1) this.pause();
      const ms = SPEEDS.find(([speed]) => speed === this.speed)![2];
      await new Promise((next) => setTimeout(next, ms));
    }
  }

  async #show(visit: number): Promise<void> {
    const held = Math.min(this.#order.length - 1, Math.max(0, visit));
    if (held < 0) return;
    this.visit = held;
    this.changed();
    await this.#onVisit(this.#order[held]!);
  }
}
