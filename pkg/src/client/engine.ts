/** The first worker of a client and those that work for it. */
import type { IbmbError } from "../contract/errors.js";
import type { ClientOptions } from "../contract/types.js";
import { Connection } from "./connection.js";
import { Reader } from "./reader.js";
import { ResizablePool } from "./resizable-pool.js";

/** Holds graphs, plans and models. The workers for inference and files end with it. */
export class Engine extends Connection {
  /** Workers that share the batches of an inference. */
  readonly pool: ResizablePool;
  /** Reads and writes files. */
  readonly reader: Reader;

  constructor(options: ClientOptions) {
    super(options);
    this.pool = new ResizablePool(this, options);
    this.reader = new Reader(options);
  }

  protected override ended(reason: IbmbError): void {
    this.pool.close();
    this.reader.close(reason);
  }
}
