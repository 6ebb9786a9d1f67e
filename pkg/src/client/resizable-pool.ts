/** How many workers share an inference, and the crew that does. */
import type { Connection } from "./connection.js";
import { Crew, type Work } from "./crew.js";
import { IbmbError } from "./errors.js";
import type { HandleId } from "./protocol.js";
import type { ClientOptions, Inference, PlanInferOptions } from "./types.js";

/** The most workers that a client may have. */
const MAX_WORKERS = 64;

/** The crew at hand. Another number of workers makes another crew; the old one ends with its last inference. */
export class Pool {
  readonly #first: Connection;
  readonly #options: ClientOptions;
  #size: number;
  #crew: Crew;
  /** Inferences under way, of any crew. */
  readonly #running = new Set<Promise<unknown>>();
  /** Crews that end with their last inference. */
  readonly #leaving = new Set<Crew>();

  constructor(first: Connection, options: ClientOptions) {
    this.#size = checked(options.workers ?? 1);
    this.#first = first;
    this.#options = options;
    this.#crew = new Crew(first, options, this.#size);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether an inference over so many batches is spread. */
  serves(numBatches: number): boolean {
    return Math.min(this.#size, numBatches) > 1;
  }

  /** Predicts the outputs of a plan; the first call for a plan starts workers and sends them their batches. */
  async infer(work: Work, options: PlanInferOptions): Promise<Inference> {
    const inference = this.#crew.infer(work, options);
    this.#running.add(inference);
    try {
      return await inference;
    } finally {
      this.#running.delete(inference);
    }
  }

  /** Takes another number of workers for the next inference; resolves when those that are not wanted have ended. */
  async resize(size: number): Promise<void> {
    checked(size);
    if (size === this.#size) return;
    const crew = this.#crew;
    this.#size = size;
    this.#crew = new Crew(this.#first, this.#options, size);
    this.#leaving.add(crew);
    await Promise.allSettled(this.#running);
    this.#leaving.delete(crew);
    crew.close();
  }

  /** Bytes of the wasm memories of all workers but the first. */
  async memoryBytes(): Promise<number> {
    const each = await Promise.all([this.#crew, ...this.#leaving].map((crew) => crew.memoryBytes()));
    return each.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Frees what the workers hold of a plan or a model of the first one. */
  forget(handle: HandleId): void {
    this.#crew.forget(handle);
  }

  /** Ends all workers but the first. */
  close(): void {
    for (const crew of [this.#crew, ...this.#leaving]) crew.close();
  }
}

function checked(size: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= MAX_WORKERS) return size;
  throw new IbmbError("invalid_option", `workers: ${size} is not a whole number from 1 to ${MAX_WORKERS}`, {
    name: "workers",
  });
}
