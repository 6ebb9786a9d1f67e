/** Workers beside the first one, which share the batches of an inference. */

import { IbmbError } from "../contract/errors.js";
import type { AbortSignalLike } from "../contract/globals.js";
import type { HandleId } from "../contract/protocol.js";
import type { BatchDone, ClientOptions, Inference, PlanInferOptions, Progress } from "../contract/types.js";
import { type CallOptions, Connection } from "./connection.js";

/** The plan and the model of the first worker that a pool copies. */
export interface Work {
  plan: HandleId;
  numBatches: number;
  model: HandleId;
  featureNormalization: string;
}

/** The batches of a plan as the workers have them. */
interface Spread {
  plan: HandleId;
  featureNormalization: string;
  /** First batch of every worker, and the end. */
  cuts: Uint32Array;
  /** The shard of every worker but the first. */
  shards: HandleId[];
}

/**
 * A fixed number of workers over which inference is spread. A plan's batches share nothing but the weights:
 * every worker but the first gets the rows of its batches and the weights once, and keeps them for the next
 * inference. The result is the same, bit for bit, whatever the number of workers.
 */
export class WorkerPool {
  readonly #first: Connection;
  readonly #options: ClientOptions;
  readonly #size: number;
  #others: Promise<Connection>[] = [];
  #spreads: Promise<Spread>[] = [];
  /** Copies of a model in the workers but the first, as far as they have one. */
  readonly #models = new Map<HandleId, Promise<HandleId>[]>();

  constructor(first: Connection, options: ClientOptions, size: number) {
    this.#first = first;
    this.#options = options;
    this.#size = size;
  }

  /**
   * Predicts the outputs of a plan; the first call for a plan starts workers and sends them their batches.
   */
  async infer(work: Work, { signal, onProgress, onBatch, ...options }: PlanInferOptions): Promise<Inference> {
    const parts = Math.min(this.#size, work.numBatches);
    const control = new AbortController();
    const stop = () => control.abort(signal?.reason);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    try {
      const sent = performance.now();
      // New workers get it compiled.
      if (this.#others.length < parts - 1) await this.#first.preload();
      const others = await this.#start(parts - 1);
      const [models, spread] = await Promise.all([
        this.#copies(work.model, others),
        this.#spread(work, others, control.signal),
      ]);
      const begun = performance.now();
      const each = this.#told(work.numBatches, spread.cuts, onProgress, onBatch);
      const tell = onBatch !== undefined;
      const { plan, model } = work;
      const [from, to] = spread.cuts as unknown as [number, number];
      const results = await Promise.all([
        this.#first.call("inferRange", { plan, model, options: { from, to }, tell }, each(0, control.signal)),
        ...others.map((other, at) => {
          const args = { shard: spread.shards[at]!, model: models[at]!, tell };
          return other.call("inferShard", args, each(at + 1, control.signal));
        }),
      ]);
      const merging = performance.now();
      const logits = joined(
        Float32Array,
        results.map((result) => result.logits),
      );
      const transfer = [logits.buffer];
      const merged = await this.#first.call("predictions", { plan, model, logits, options }, { transfer });
      const ended = performance.now();
      return {
        ...merged,
        timeMs: ended - begun,
        batchMs: joined(
          Float64Array,
          results.map((result) => result.batchMs),
        ),
        msByStage: { distributing: begun - sent, inference: merging - begun, merging: ended - merging },
        bytes: results.reduce((sum, result) => sum + result.bytes, 0),
      };
    } catch (thrown) {
      control.abort();
      // A worker that has crashed takes the others with it: the next inference starts anew.
      if (thrown instanceof IbmbError && thrown.code === "worker_crashed") this.close();
      throw thrown;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Bytes of the wasm memories of all workers but the first. */
  async memoryBytes(): Promise<number> {
    const others = await Promise.all(this.#others);
    const each = await Promise.all(others.map((other) => other.call("memoryBytes", {})));
    return each.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Frees the copies of a plan or a model in the workers. */
  forget(handle: HandleId): void {
    const spreads = this.#spreads;
    this.#spreads = [];
    for (const spread of spreads) {
      void spread.then(
        (found) => (found.plan === handle ? this.#free(found.shards) : this.#spreads.push(spread)),
        ignore,
      );
    }
    const copies = this.#models.get(handle);
    this.#models.delete(handle);
    if (copies) void Promise.all(copies).then((handles) => this.#free(handles), ignore);
  }

  /** Ends all workers but the first. */
  close(): void {
    for (const other of this.#others) void other.then((connection) => connection.dispose(), ignore);
    this.#others = [];
    this.#spreads = [];
    this.#models.clear();
  }

  /** That many workers beside the first. */
  #start(count: number): Promise<Connection[]> {
    while (this.#others.length < count) {
      const connection = new Connection({
        ...this.#options,
        wasm: this.#first.wasm,
        modelsWasm: this.#first.modelsWasm,
      });
      const started = connection.start().then(() => connection);
      started.catch(() => this.close());
      this.#others.push(started);
    }
    return Promise.all(this.#others.slice(0, count));
  }

  /** The model in each of these workers. */
  #copies(model: HandleId, others: Connection[]): Promise<HandleId[]> {
    const copies = this.#models.get(model) ?? [];
    this.#models.set(model, copies);
    if (copies.length < others.length) {
      const saved = this.#first.call("saveModel", { model });
      for (const other of others.slice(copies.length)) {
        copies.push(saved.then((data) => openCopy(other, data)));
      }
    }
    const all = Promise.all(copies.slice(0, others.length));
    all.catch(() => this.#models.delete(model));
    return all;
  }

  /** Sends every worker its batches, unless it has them. */
  async #spread(work: Work, others: Connection[], signal: AbortSignalLike): Promise<Spread> {
    const { plan, model, featureNormalization } = work;
    for (const known of this.#spreads) {
      const spread = await known;
      if (spread.plan === plan && spread.featureNormalization === featureNormalization) return spread;
    }
    const sending = (async () => {
      const cuts = await this.#first.call("cuts", { plan, count: others.length + 1 });
      const shards: HandleId[] = [];
      // One after another: only one copy is on its way at a time.
      for (const [at, other] of others.entries()) {
        const [from, to] = [cuts[at + 1]!, cuts[at + 2]!];
        const shard = await this.#first.call("shard", { plan, model, from, to }, { signal });
        const transfer = Object.values(shard.arrays).map((array) => array.buffer);
        shards.push(await other.call("openShard", { shard }, { transfer }));
      }
      return { plan, featureNormalization, cuts, shards };
    })();
    this.#spreads.push(sending);
    sending.catch(() => (this.#spreads = this.#spreads.filter((other) => other !== sending)));
    return sending;
  }

  /**
   * Call options of each worker, which together tell one progress and number the batches as the plan does.
   */
  #told(
    total: number,
    cuts: Uint32Array,
    onProgress: ((progress: Progress) => void) | undefined,
    onBatch: ((batch: BatchDone) => void) | undefined,
  ) {
    const done = new Array<number>(cuts.length - 1).fill(0);
    return (part: number, signal: AbortSignalLike): CallOptions => ({
      signal,
      onProgress:
        onProgress &&
        ((progress) => {
          done[part] = progress.done;
          onProgress({ stage: progress.stage, done: done.reduce((sum, count) => sum + count, 0), total });
        }),
      onBatch: onBatch && ((told) => onBatch({ ...told, batch: cuts[part]! + told.batch })),
    });
  }

  #free(handles: HandleId[]): void {
    for (const [at, handle] of handles.entries()) {
      void this.#others[at]?.then((other) => other.free(handle, other.generation), ignore);
    }
  }
}

async function openCopy(other: Connection, data: Uint8Array): Promise<HandleId> {
  return (await other.call("openModel", { file: { name: "model.safetensors", data }, options: {} })).handle;
}

function ignore(): void {}

function joined<T extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  kind: new (length: number) => T,
  parts: readonly ArrayLike<number>[],
): T {
  const all = new kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
