/** How many workers share an inference, and the worker pool that does. */

import { checkNumber } from "../contract/check.js";
import { CLIENT } from "../contract/generated/checked.js";
import type { HandleId } from "../contract/protocol.js";
import type { ClientOptions, Inference, PlanInferOptions } from "../contract/types.js";
import type { Connection } from "./connection.js";
import { type Work, WorkerPool } from "./worker-pool.js";

/**
 * The pool at hand. Another number of workers makes another pool; the old one ends with its last inference.
 */
export class ResizablePool {
  readonly #first: Connection;
  readonly #options: ClientOptions;
  #size: number;
  #pool: WorkerPool;
  /** Inferences under way, of any pool. */
  readonly #running = new Set<Promise<unknown>>();
  /** Pools that end with their last inference. */
  readonly #leaving = new Set<WorkerPool>();

  constructor(first: Connection, options: ClientOptions) {
    this.#size = checked(options.workers ?? CLIENT.workers.default);
    this.#first = first;
    this.#options = options;
    this.#pool = new WorkerPool(first, options, this.#size);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether an inference over so many batches is spread. */
  serves(numBatches: number): boolean {
    return Math.min(this.#size, numBatches) > 1;
  }

  /**
   * Predicts the outputs of a plan; the first call for a plan starts workers and sends them their batches.
   */
  async infer(work: Work, options: PlanInferOptions): Promise<Inference> {
    const inference = this.#pool.infer(work, options);
    this.#running.add(inference);
    try {
      return await inference;
    } finally {
      this.#running.delete(inference);
    }
  }

  /**
   * Takes another number of workers for the next inference; resolves when those that are not wanted have
   * ended.
   */
  async resize(size: number): Promise<void> {
    checked(size);
    if (size === this.#size) return;
    const pool = this.#pool;
    this.#size = size;
    this.#pool = new WorkerPool(this.#first, this.#options, size);
    this.#leaving.add(pool);
    await Promise.allSettled(this.#running);
    this.#leaving.delete(pool);
    pool.close();
  }

  /** Bytes of the wasm memories of all workers but the first. */
  async memoryBytes(): Promise<number> {
    const each = await Promise.all([this.#pool, ...this.#leaving].map((pool) => pool.memoryBytes()));
    return each.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Frees the copies of a plan or a model in the workers. */
  forget(handle: HandleId): void {
    this.#pool.forget(handle);
  }

  /** Ends all workers but the first. */
  close(): void {
    for (const pool of [this.#pool, ...this.#leaving]) pool.close();
  }
}
function checked(size: number): number {
  checkNumber(CLIENT.workers, size);
  return size;
}
