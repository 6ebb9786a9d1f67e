/** Work on files, in a worker of its own. */
import { Connection } from "./connection.js";
import type { IbmbError } from "./errors.js";
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
      await worker.start();
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
