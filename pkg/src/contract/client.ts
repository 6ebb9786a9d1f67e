/** The client, as its users see it. */

import type { InputFile } from "./file-options.js";
import type { TablePreview } from "./files.js";
import type { ModelOptions, OpenGraphOptions, PlantedGraphOptions } from "./generated/options.js";
import type { BlobLike } from "./globals.js";
import type { GraphHandle } from "./graph.js";
import type { ModelHandle } from "./model.js";
import type { Tensor, TensorData, Tensors } from "./tensors.js";

/** A worker with the wasm in it. */
export interface Client {
  /**
   * Reads a graph from one file or several: edges, features, labels, splits, as their content says.
   *
   * Rejects with `parse` naming file and line, `limit_exceeded`, `out_of_memory`, `shape_mismatch`,
   * `invalid_graph` or `cancelled`; what is open stays as it is.
   */
  openGraph(files: InputFile | readonly InputFile[], options?: OpenGraphOptions): Promise<GraphHandle>;
  /** Tells how a file would be read, from its first 64 KiB; rejects as `openGraph` does. */
  previewTable(
    file: InputFile,
    options?: Pick<OpenGraphOptions, "format" | "edgeList">,
  ): Promise<TablePreview>;
  /**
   * Reads weights from safetensors with PyG's `state_dict` names.
   *
   * Rejects with `parse`, `missing_tensor`, `unsupported_model`, `shape_mismatch` or `limit_exceeded`.
   */
  openModel(
    file: InputFile | Uint8Array | ArrayBuffer | BlobLike,
    options?: ModelOptions,
  ): Promise<ModelHandle>;
  /**
   * Writes any typed arrays as safetensors; an array without a shape has one axis. Rejects with
   * `invalid_option`, or `shape_mismatch` for a shape that does not fit.
   */
  saveTensors(
    tensors: Record<string, TensorData | Tensor>,
    metadata?: Record<string, string>,
  ): Promise<Uint8Array>;
  /** Reads safetensors as typed arrays; rejects with `parse` or `limit_exceeded`. */
  readTensors(file: InputFile | Uint8Array | ArrayBuffer | BlobLike): Promise<Tensors>;
  /** Workers that share the batches of an inference over a plan. */
  readonly workers: number;
  /**
   * Takes another number of workers from the next inference on. Graphs, plans and models stay open, and an
   * inference under way ends with the workers it has, which then give their memory back.
   *
   * Rejects with `invalid_option` unless it is a whole number from 1 to 64, or `disposed`.
   */
  setWorkers(workers: number): Promise<void>;
  /**
   * Makes a synthetic graph, a stochastic block model with class-dependent features, and a split; the same on
   * every machine.
   *
   * Rejects with `invalid_option`, `limit_exceeded`, `out_of_memory` or `cancelled`.
   */
  plantedGraph(options?: PlantedGraphOptions): Promise<GraphHandle>;
  /**
   * Loads a part of the wasm now, rather than at the first call that needs it: that with models and reasons,
   * or that with the formats of files, for which a worker stands ready from then on. Once it does, files open
   * some 0.1 s sooner, and the next one without a connection.
   *
   * @throws {IbmbError} `not_loaded`, which leaves everything as it is.
   */
  preload(part?: "models" | "files"): Promise<void>;
  /** Bytes of the wasm memories of all workers. They never shrink; `restart()` gives them back. */
  memoryBytes(): Promise<number>;
  /**
   * Ends the worker and starts a new one. Pending calls reject with `worker_crashed`; graphs, plans and
   * models are gone.
   */
  restart(): Promise<void>;
  /**
   * Ends the worker. Pending calls reject with `disposed`, and so does every later call. A second call
   * does nothing.
   */
  dispose(): void;
  [Symbol.dispose](): void;
}
