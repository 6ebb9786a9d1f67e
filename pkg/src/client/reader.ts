/** Work on files, in a worker of its own. */

import { IbmbError } from "../contract/errors.js";
import type { ClientOptions } from "../contract/types.js";
import { Connection } from "./connection.js";

/**
 * Reads and writes files. Each piece of work gets a worker that ends with it: what a large file took goes
 * back to the system, and a file that breaks the wasm takes nothing along that is open.
 */
export class Reader {
  #options: ClientOptions;
  readonly #working = new Set<Connection>();
  /** The worker for the next piece of work, where one is to stand ready. */
  #next: Promise<Connection> | undefined;
  #standsReady = false;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Has a worker stand ready from now on. */
  async preload(): Promise<void> {
    this.#standsReady = true;
    await this.#prepare();
  }

  /** Does one piece of work. */
  async run<T>(work: (worker: Connection) => Promise<T>): Promise<T> {
    const worker = await this.#take();
    try {
      return await work(worker);
    } finally {
      this.#end(worker);
      if (this.#standsReady) void this.#prepare();
    }
  }

  /** Ends what is under way. */
  close(reason: IbmbError): void {
    this.#standsReady = false;
    this.#next = undefined;
    for (const worker of this.#working) this.#end(worker, reason);
  }

  /** The worker that stands ready, unless it has fallen, or a new one. */
  async #take(): Promise<Connection> {
    const next = this.#next;
    this.#next = undefined;
    const ready = await next?.catch(() => undefined);
    return ready?.runs ? ready : this.#started();
  }

  /**
   * Starts the worker for the next piece of work, unless there is one. What failed to load is tried again when
   * there is some.
   */
  #prepare(): Promise<Connection> {
    if (this.#next) return this.#next;
    const next = this.#started();
    this.#next = next;
    next.catch(() => {
      if (this.#next === next) this.#next = undefined;
    });
    return next;
  }

  async #started(): Promise<Connection> {
    const worker = new Connection(this.#options, "files");
    this.#working.add(worker);
    try {
      await worker.start().catch(notLoaded);
    } catch (error) {
      this.#end(worker);
      throw error;
    }
    // It is loaded and compiled once.
    this.#options = { ...this.#options, filesWasm: worker.wasm };
    return worker;
  }

  #end(worker: Connection, reason?: IbmbError): void {
    this.#working.delete(worker);
    worker.dispose(reason);
  }
}

/** A worker that cannot be had, as without a connection, takes nothing along that is open. */
function notLoaded(thrown: unknown): never {
  if (thrown instanceof IbmbError && thrown.code === "worker_crashed")
    throw new IbmbError("not_loaded", thrown.message);
  throw thrown;
}
