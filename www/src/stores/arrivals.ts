import type { BatchDone, GraphHandle, PlanHandle } from "ibmb";

/** A batch is seen for so long at least before the next one follows. */
const STEP_MS = 60;
/** What has waited for so long is shown with the next batch: the picture does not lag far behind. */
const MOST_LATE_MS = 700;

/** Batches whose predictions have come in during a run, one after another. */
export class Arrivals {
  /** 1 for batches that are there. */
  readonly lit: Uint8Array;
  /** Class of every node of the graph, -1 where its batch is not there yet. */
  readonly predictions: Int32Array;
  readonly total: number;
  numLit = 0;
  numRight = 0;
  numLabelled = 0;
  /** Nodes of the plan, batch after batch, as each batch has its outputs. */
  readonly #outputs: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #labels: Int32Array | null;
  readonly #onChange: () => void;
  #waiting: { done: BatchDone; since: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #allCame: (() => void) | null = null;

  constructor(graph: GraphHandle, plan: PlanHandle, onChange: () => void) {
    this.total = plan.numBatches;
    this.lit = new Uint8Array(plan.numBatches);
    this.predictions = new Int32Array(graph.numNodes).fill(-1);
    this.#labels = graph.labels;
    this.#onChange = onChange;
    this.#ends = new Uint32Array(plan.numBatches + 1);
    plan.table.numOutputs.forEach((n, batch) => (this.#ends[batch + 1] = this.#ends[batch]! + n));
    const next = this.#ends.slice();
    this.#outputs = new Uint32Array(this.#ends.at(-1)!);
    // Ids ascend, and so do the outputs of a batch.
    plan.batchOf.forEach((batch, node) => {
      if (batch >= 0) this.#outputs[next[batch]!++] = node;
    });
  }

  add(done: BatchDone): void {
    this.#waiting.push({ done, since: performance.now() });
    this.#timer ??= setTimeout(this.#show, 0);
  }

  /** Resolves when all that has come is shown. */
  async shown(): Promise<void> {
    if (this.#timer !== undefined) await new Promise<void>((resolve) => (this.#allCame = resolve));
  }

  /** Shows nothing more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#allCame?.();
  }

  readonly #show = (): void => {
    const late = performance.now() - MOST_LATE_MS;
    const some = Math.max(1, this.#waiting.findLastIndex(({ since }) => since <= late) + 1);
    // So many are left that steps of one would take too long.
    const share = Math.ceil((this.#waiting.length * STEP_MS) / MOST_LATE_MS);
    for (const { done } of this.#waiting.splice(0, Math.max(some, share))) this.#take(done);
    this.#timer = this.#waiting.length === 0 ? undefined : setTimeout(this.#show, STEP_MS);
    this.#onChange();
    if (this.#timer === undefined) this.#allCame?.();
  };

  #take({ batch, predictions }: BatchDone): void {
    const from = this.#ends[batch]!;
    predictions.forEach((prediction, i) => {
      const node = this.#outputs[from + i]!;
      this.predictions[node] = prediction;
      const label = this.#labels?.[node] ?? -1;
      if (label < 0) return;
      this.numLabelled++;
      if (label === prediction) this.numRight++;
    });
    this.lit[batch] = 1;
    this.numLit++;
  }
}
