/** Reports batches while an inference runs. */

import { host } from "#host";
import { transferable } from "../contract/transfer.js";
import type { BatchDone } from "../contract/types.js";
import { PROGRESS_MS } from "./jobs.js";

/** An inference that knows what it has just predicted. */
interface Telling {
  latest(): Uint32Array;
}

/** Tells of the batches of an inference, those of a moment in one message. */
export class BatchReporter {
  readonly #id: number;
  readonly #job: Telling;
  #done: BatchDone[] = [];
  #next = 0;
  #last = performance.now();

  constructor(id: number, job: Telling) {
    this.#id = id;
    this.#job = job;
  }

  /** The batch that has just been done. */
  add(timeMs: number): void {
    this.#done.push({ batch: this.#next, predictions: this.#job.latest(), timeMs });
    this.#next += 1;
    if (performance.now() - this.#last >= PROGRESS_MS) this.tell();
  }

  /** Batches that are not reported yet. */
  tell(): void {
    if (this.#done.length === 0) return;
    const batches = this.#done;
    this.#done = [];
    this.#last = performance.now();
    host.post({ kind: "batches", id: this.#id, batches }, transferable(batches));
  }
}
