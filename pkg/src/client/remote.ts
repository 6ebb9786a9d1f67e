/** Base of all handles: an object in the worker. */

import { IbmbError } from "../contract/errors.js";
import type { HandleId } from "../contract/protocol.js";
import type { Engine } from "./engine.js";

/** An object of the worker: knows its number, until it is disposed of or its worker is gone. */
export abstract class Remote {
  readonly #what: string;
  readonly #handle: HandleId;
  readonly #generation: number;
  #disposed = false;
  protected readonly engine: Engine;
  declare [Symbol.dispose]: () => void;

  static {
    // Not every runtime has the symbol yet.
    if (Symbol.dispose) Remote.prototype[Symbol.dispose] = Remote.prototype.dispose;
  }

  constructor(engine: Engine, handle: HandleId, what: string) {
    this.engine = engine;
    this.#what = what;
    this.#handle = handle;
    this.#generation = engine.generation;
  }

  /** Frees the object in the worker; calls under way still end. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.engine.pool.forget(this.#handle);
    this.engine.free(this.#handle, this.#generation);
  }

  /** The number that the worker knows it by. */
  handleFor(engine: Engine): HandleId {
    if (this.#disposed) throw new IbmbError("disposed", `the ${this.#what} is disposed`);
    if (engine !== this.engine) {
      throw new IbmbError("invalid_option", `the ${this.#what} belongs to another client`);
    }
    if (this.#generation !== engine.generation) {
      throw new IbmbError("disposed", `the ${this.#what} was lost when the worker was restarted`);
    }
    return this.#handle;
  }

  protected get handle(): HandleId {
    return this.handleFor(this.engine);
  }
}

/** The options that say something. */
export function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
