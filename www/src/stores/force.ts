import type { OpenGraph } from "../state/graph.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/**
 * The layout of the open graph by forces: made when it is first looked at, shown on the way, kept until the
 * graph is another.
 */
export class ForceStore extends Store {
  /** Places as they are now; `null` before there are any. */
  positions: Float32Array | null = null;
  /** The layout is at rest. */
  done = false;
  readonly work = new Work(() => this.changed());
  #graph: OpenGraph | null = null;

  /** Makes the layout of a graph unless it is there or on the way. */
  async want(graph: OpenGraph): Promise<void> {
    if (this.#graph === graph && (this.done || this.work.running)) return;
    if (this.#graph !== graph) this.forget();
    this.#graph = graph;
    const onPositions = (positions: Float32Array) => {
      if (this.#graph !== graph || this.done) return;
      this.positions = positions;
      this.changed();
    };
    try {
      const made = await this.work.run((work) =>
        graph.handle.layout({ method: "force" }, { ...work, onPositions }),
      );
      if (made === null || this.#graph !== graph) return;
      this.positions = made.positions;
      this.done = true;
      this.changed();
    } catch (error) {
      // What has failed is not tried again by itself.
      if (this.#graph === graph) this.done = true;
      throw error;
    }
  }

  /** Stops where it is; what is there stays on show. */
  stop(): void {
    this.done = true;
    this.work.cancel();
  }

  forget(): void {
    this.#graph = null;
    this.positions = null;
    this.done = false;
    this.work.cancel();
  }
}
