/** Something that tells when it has changed. */
export interface Changing {
  /** Returns the function that ends the subscription. */
  subscribe(listener: () => void): () => void;
}

/** A piece of state that tells its listeners when it has changed, once per turn of the event loop. */
export class Store implements Changing {
  readonly #listeners = new Set<() => void>();
  #queued = false;

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected changed(): void {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
