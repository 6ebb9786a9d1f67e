/** Work on files, in a worker of its own. */
import { Connection } from "./connection.js";
import { IbmbError } from "./errors.js";
import type { ClientOptions } from "./types.js";

/**
 * Reads and writes files. Each piece of work gets a worker that ends with it: what a large file took goes back to the
 * system, and a file that breaks the wasm takes nothing along that is open.
 */
export class Reader {
  #options: ClientOptions;
  readonly #working = new Set<Connection>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Does one piece of work. */
  async run<T>(work: (worker: Connection) => Promise<T>): Promise<T> {
    const worker = new Connection(this.#options, "files");
    this.#working.add(worker);
    try {
      await worker.start().catch(notLoaded);
      // It is loaded and compiled once.
      this.#options = { ...this.#options, filesWasm: worker.wasm };
      return await work(worker);
    } finally {
      this.#working.delete(worker);
      worker.dispose();
    }
  }

  /** Ends what is under way. */
  close(reason: IbmbError): void {
    for (const worker of this.#working) worker.dispose(reason);
  }
}

/** A worker that cannot be had, as without a connection, takes nothing along that is open. */
function notLoaded(thrown: unknown): never {
  if (thrown instanceof IbmbError && thrown.code === "worker_crashed") throw new IbmbError("not_loaded", thrown.message);
  throw thrown;
}
