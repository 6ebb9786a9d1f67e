/// <reference lib="esnext.disposable" preserve="true" />
import type {
  EvaluateOptions,
  Evaluation,
  FullInferOptions,
  Inference,
  PlanInferOptions,
} from "./inference.js";
import type {
  ExportFormat,
  InputFile,
  NodeColumn,
  OpenGraphOptions,
  Report,
  TablePreview,
} from "./file-options.js";
import type {
  GraphLayout,
  GraphLayoutOptions,
  Layout,
  LayoutWorkOptions,
  PictureOptions,
} from "./drawing.js";
import type { PlanOptions, PlanOptionsInForce } from "./plan-options.js";
import type { Batch, BatchTable, Hops, Order, OrderOptions, PlanBytes, PlanStats } from "./plan-results.js";
import type {
  InferByOptions,
  InferencePoint,
  PassOptions,
  PlantedGraphOptions,
  PreparedHandle,
} from "./inference-points.js";
import type { Tensor, TensorData, Tensors } from "./tensors.js";
import type { TrainOptions, TrainRun } from "./training.js";
import type {
  BatchNeighbourhoodOptions,
  Neighbourhood,
  NeighbourhoodOptions,
  PathsOptions,
  Reasons,
  StrongPath,
  Without,
} from "./why-results.js";

export type {
  BatchDone,
  EvaluateOptions,
  Evaluation,
  FullInferOptions,
  Inference,
  PlanInferOptions,
  SplitMetric,
} from "./inference.js";
export type {
  EdgeListOptions,
  ExportFormat,
  FileFormat,
  InputFile,
  NodeColumn,
  OpenGraphOptions,
  Report,
  TablePreview,
} from "./file-options.js";
export type {
  Colour,
  GraphLayout,
  GraphLayoutOptions,
  Layout,
  LayoutWorkOptions,
  PictureOptions,
} from "./drawing.js";
export type { Tensor, TensorData, Tensors } from "./tensors.js";
export type { EarlyStopOptions, Epoch, PlateauOptions, TrainOptions, TrainRun } from "./training.js";
export type {
  BaselineCommon,
  FullGraphOptions,
  InferByCommon,
  InferByOptions,
  InferencePoint,
  LadiesOptions,
  NeighbourSamplingOptions,
  PassOptions,
  PlanPointOptions,
  PlantedGraphOptions,
  PreparedHandle,
  SaintOptions,
  ShadowHopsOptions,
  ShadowOptions,
} from "./inference-points.js";
export type { Normalization, PlanOptions, PlanOptionsInForce } from "./plan-options.js";
export type { Batch, BatchTable, Hops, Order, OrderOptions, PlanBytes, PlanStats } from "./plan-results.js";
export type * from "./why-results.js";

/** What went wrong; stable across versions. */
export type ErrorCode =
  | "invalid_graph"
  | "parse"
  | "limit_exceeded"
  | "out_of_memory"
  | "shape_mismatch"
  | "missing_tensor"
  | "unsupported_model"
  | "invalid_option"
  | "cancelled"
  | "disposed"
  /** A loss or weight of a training is no longer finite. */
  | "diverged"
  /** A part of the package could not be loaded; what is open stays open, and the call may be made again. */
  | "not_loaded"
  | "worker_crashed"
  | "internal";

/** Progress of long work. `done` never falls within a stage. */
export interface Progress {
  /** `reading`, `building`, `influence`, `merging`, `selecting`, `writing batches`, `inference`, `training` … */
  stage: string;
  done: number;
  total: number;
}

/** Options of every long call. */
export interface WorkOptions {
  /** Stops the work; the promise then rejects with code `cancelled`. */
  signal?: AbortSignal;
  /** Told at most 30 times a second, and at the end. */
  onProgress?: (progress: Progress) => void;
}

/** Upper bounds on outside data; see `src/limits.rs` for the reasons of the defaults. */
export interface Limits {
  maxNodes: number;
  maxEntries: number;
  maxFileBytes: number;
  maxMemoryBytes: number;
  maxMatrixBytes: number;
  maxPushBytes: number;
  maxPlanBytes: number;
  maxGatheredBytes: number;
}

/** What browsers' and Node's workers have in common. */
export interface WorkerLike {
  postMessage(message: any, transfer: any): void;
  terminate(): unknown;
}

/** How a client is started. */
export interface ClientOptions {
  /** Where the wasm is, when the default (`import.meta.url` beside the package) does not serve. */
  wasm?: string | URL | BufferSource | WebAssembly.Module;
  /** The same for its part with models and reasons, which is loaded when it is needed; both are of one build. */
  modelsWasm?: string | URL | BufferSource | WebAssembly.Module;
  /** The same for the wasm that reads and writes files, which is loaded when it is needed; graph tensors need it not. */
  filesWasm?: string | URL | BufferSource | WebAssembly.Module;
  /** Makes a worker from `ibmb/worker`, when the default does not serve: a `Worker`, in Node one of `worker_threads`. */
  worker?: () => WorkerLike;
  limits?: Partial<Limits>;
  /**
   * Workers that share the batches of an inference over a plan, 1 to 64. Default 1. They are started when they are first
   * needed; each keeps a copy of its batches and of the weights. Results do not depend on their number.
   */
  workers?: number;
}

/** Node ids of a split, ascending. */
export interface Split {
  train: Uint32Array;
  val: Uint32Array;
  test: Uint32Array;
}

/** How a model is opened. */
export interface ModelOptions {
  /** How the features are prepared: as they are, or each row divided by its sum (PyG `NormalizeFeatures`) or by its Euclidean length (`l2`). The file's own word wins. */
  featureNormalization?: "none" | "row" | "l2";
  /** What follows a hidden layer, where the file does not say; ReLU by default, a GAT with hidden layers must be told. */
  activation?: "relu" | "elu";
  /** Whether the mean of a GraphSAGE layer counts the self-loops that were added, where the file does not say. Default false. */
  selfLoops?: boolean;
  /** Whether the last GAT layer keeps its heads side by side, where no bias tells. */
  concat?: boolean;
}

export interface InfluencerOptions {
  /** Teleport probability, 0 < alpha <= 1. Default 0.25. */
  alpha?: number;
  /** Push tolerance per unit of degree, > 0. Default 1e-4. */
  eps?: number;
  /** How many at most, >= 1. Default 16. */
  k?: number;
}

/** Nodes of greatest PPR from a node, strongest first. */
export interface Influencers {
  nodes: Uint32Array;
  scores: Float64Array;
}

/** How the exact influence is compared with PPR. */
export interface ExactInfluenceOptions extends InfluencerOptions, WorkOptions {
  /** Edge weights of a GCN. Default: those the model was trained with, else `global-sym`. */
  normalization?: "global-sym" | "global-rw";
}

/** Influence of nodes on what a model says about one, and how well PPR foresees it. */
export interface ExactInfluence {
  /** All nodes that reach the node within the model's layers, the most influential first. */
  nodes: Uint32Array;
  /** Sum over logits and features of |d logit / d feature|, one a node; features as the model reads them. */
  scores: Float64Array;
  /** PPR at `nodes`; 0 where push did not get to. */
  ppr: Float64Array;
  /** Spearman's correlation of `scores` and `ppr`; null where one of them says the same of all nodes. */
  rankCorrelation: number | null;
  /** Share of the `k` nodes of greatest score that are among the `k` of greatest PPR. */
  topKOverlap: number;
  k: number;
}

/** The weights of a network, in the worker. */
export interface ModelHandle {
  readonly arch: "gcn" | "sage" | "gat";
  /** Order of the layers; see `TrainOptions.shape`. */
  readonly shape: "pyg" | "ibmb";
  readonly numFeatures: number;
  readonly numClasses: number;
  readonly numLayers: number;
  readonly hidden: number;
  /** Heads of a GAT; 1 for the others. */
  readonly heads: number;
  readonly activation: "relu" | "elu";
  /** Whether the mean of a GraphSAGE layer counts the self-loops that were added. */
  readonly selfLoops: boolean;
  readonly numParameters: number;
  readonly featureNormalization: "none" | "row" | "l2";
  /** safetensors with PyG's `state_dict` names. */
  save(): Promise<Uint8Array>;
  /** Frees the weights in the worker. Twice is quiet; use after it rejects with `disposed`. */
  dispose(): void;
  /** `dispose()`, where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}

/** Batches, in the worker; figures and options here. */
export interface PlanHandle {
  readonly numBatches: number;
  readonly stats: PlanStats;
  readonly table: BatchTable;
  /** Batch of every node of the graph as an output; -1 for nodes that are none. */
  readonly batchOf: Int32Array;
  /** The options in force, with defaults filled in. */
  readonly options: PlanOptionsInForce;
  batch(index: number): Promise<Batch>;
  /** Several batches as one: outputs and nodes united, edges between the blocks included. */
  merged(indices: Uint32Array | readonly number[]): Promise<Batch>;
  /** Order of the batches for training, by the labels of their outputs. */
  order(options?: OrderOptions): Promise<Order>;
  /** `numBatches * numBatches` counts of nodes that two batches share, row-major. */
  overlap(): Promise<Uint32Array>;
  /** `numBatches * numClasses` counts of outputs, row-major; null without labels. */
  labelCounts(): Promise<Uint32Array | null>;
  hops(): Promise<Hops>;
  /** Positions for drawing: every batch an island. */
  layout(options?: WorkOptions): Promise<Layout>;
  /** Predicts the plan's outputs, batch by batch. */
  infer(model: ModelHandle, options?: PlanInferOptions): Promise<Inference>;
  /** Why a batch holds a node: which outputs asked for it, with which score and rank. */
  why(index: number, node: number | string, work?: WorkOptions): Promise<Reasons>;
  /** What is around the outputs of a batch: its nodes, and what was left out. Scores are those of the plan's measure. */
  neighbourhood(index: number, options?: BatchNeighbourhoodOptions): Promise<Neighbourhood>;
  /**
   * Predicts the outputs of a batch with and without one of its auxiliary nodes, both computed. Edge weights by degrees
   * in the whole graph stay, those by degrees in the batch are made anew. `invalid_option` for any other node.
   */
  inferWithout(
    model: ModelHandle,
    index: number,
    node: number | string,
    work?: WorkOptions,
  ): Promise<Without>;
  /** safetensors for PyG, DGL or `graph.openPlan`; `docs/formats.md` has the tensors. */
  save(): Promise<Uint8Array>;
  /** Frees the plan in the worker. Twice is quiet; use after it rejects with `disposed`. */
  dispose(): void;
  /** `dispose()`, where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}

/** A graph with what belongs to its nodes, in the worker; what is small or often asked for here. */
export interface GraphHandle {
  readonly name: string;
  readonly numNodes: number;
  /** Edges, self-loops not counted; an undirected edge counts once. */
  readonly numEdges: number;
  /** Whether edges lead one way only. */
  readonly directed: boolean;
  /** Whether edges have weights. */
  readonly weighted: boolean;
  /** 0 without features. */
  readonly numFeatures: number;
  /** 0 without labels. */
  readonly numClasses: number;
  readonly classNames: string[];
  /** The user's names; null where ids are 0..n-1. */
  readonly nodeNames: string[] | null;
  /** Class of every node, -1 where there is none; null without labels. */
  readonly labels: Int32Array | null;
  /** Where the files drew every node: across and up, two numbers a node; null when they did not say. */
  readonly positions: Float32Array | null;
  readonly splits: Record<string, Split>;
  readonly report: Report;
  /** Pairs of ids: each undirected edge once, or source and target of each directed one. */
  edges(): Promise<Uint32Array>;
  /**
   * Groups output nodes into batches with their auxiliary nodes. The push rows of the latest plan are kept: another plan
   * of the same outputs with the same `alpha`, `eps` and `queue` is made from them.
   *
   * Rejects with `invalid_option`, `invalid_graph` for an output that does not exist or comes twice, `limit_exceeded`
   * or `cancelled`.
   */
  plan(options?: PlanOptions, work?: WorkOptions): Promise<PlanHandle>;
  /**
   * Reads a plan that `plan.save()` wrote, for this graph.
   *
   * Rejects with `parse`, `missing_tensor`, `limit_exceeded`, or `invalid_graph` when it was made for another graph.
   */
  openPlan(file: InputFile | Uint8Array | ArrayBuffer | Blob): Promise<PlanHandle>;
  /**
   * Bounds of the bytes of a plan, from the options and the degrees alone, without building it: milliseconds.
   *
   * Rejects as `plan` does for options and outputs.
   */
  planBytes(options?: PlanOptions): Promise<PlanBytes>;
  /**
   * Trains a network on the graph or on the batches of a plan. A training that fails leaves graph, plan and models open.
   *
   * Rejects with `invalid_option`, `invalid_graph` without labels, `shape_mismatch` without features, or `cancelled`
   * when stopped before the first epoch has ended.
   */
  train(options?: TrainOptions): Promise<TrainRun>;
  /** Predicts nodes with the whole graph around them: exact, and the yardstick of batches. */
  infer(model: ModelHandle, options?: FullInferOptions): Promise<Inference>;
  /**
   * Compares predictions of this graph's nodes with their labels: confusion matrix and calibration.
   *
   * Rejects with `invalid_graph` without labels, `shape_mismatch` for logits of other nodes or classes, `invalid_option`.
   */
  evaluate(
    predicted: Pick<Inference, "nodes" | "logits" | "numClasses">,
    options?: EvaluateOptions,
  ): Promise<Evaluation>;
  /**
   * One point of a comparison: prepares a way of inference afresh, runs warm passes with these weights in the first
   * worker, and tells what both cost.
   *
   * Rejects with `invalid_option`, `invalid_graph` for an output that does not exist or comes twice, `shape_mismatch`
   * when the model does not fit the graph, `limit_exceeded` or `cancelled`.
   */
  inferBy(model: ModelHandle, options: InferByOptions & PassOptions): Promise<InferencePoint>;
  /** The same in two calls: prepares a way of inference, over which passes can then be run again and again. */
  prepareBy(model: ModelHandle, options: InferByOptions & WorkOptions): Promise<PreparedHandle>;
  /** The k nodes of greatest PPR from `node`, an id or a name; `invalid_option` when there is no such node. */
  influencers(node: number | string, options?: InfluencerOptions): Promise<Influencers>;
  /** The `k` strongest nodes of each of `nodes`, what is left out, and the flow along the edges between them. */
  neighbourhood(
    nodes: Uint32Array | readonly (number | string)[],
    options?: NeighbourhoodOptions,
  ): Promise<Neighbourhood>;
  /** The paths along which `to` influences `from` most, the strongest first; none where there is no way. */
  paths(from: number | string, to: number | string, options?: PathsOptions): Promise<StrongPath[]>;
  /**
   * The influence of every node around `node` on the model's output there: sum of |d logit / d feature| by backward
   * passes, and its rank correlation and overlap with PPR (paper, section 3). `invalid_option` for an unknown node,
   * `shape_mismatch` when the model does not fit the graph.
   */
  exactInfluence(
    model: ModelHandle,
    node: number | string,
    options?: ExactInfluenceOptions,
  ): Promise<ExactInfluence>;
  /**
   * UTF-8 text of the graph for other programs, for example Gephi: names, labels, masks and positions, with more columns
   * of nodes such as batch and prediction. Features stay out. `shape_mismatch` when a column has not one value a node.
   */
  exportAs(format: ExportFormat, columns?: readonly NodeColumn[]): Promise<Uint8Array>;
  /**
   * Positions for drawing that the edges alone decide; components stand side by side. Direction and weights of edges do
   * not count. Rejects with `invalid_option` or `cancelled`.
   */
  layout(options?: GraphLayoutOptions, work?: LayoutWorkOptions): Promise<GraphLayout>;
  /**
   * A picture of all edges and of the marks of nodes, drawn without a graphics card: red, green, blue and alpha of every
   * pixel, for `new ImageData(pixels, width)`. Rejects with `invalid_option`, `shape_mismatch`, `invalid_graph` for a
   * node that does not exist, or `cancelled`.
   */
  picture(options: PictureOptions, work?: WorkOptions): Promise<Uint8ClampedArray<ArrayBuffer>>;
  /** safetensors with PyG's names; to read its weights again, open it with `weights: "use"`. */
  save(): Promise<Uint8Array>;
  /** Frees the graph in the worker; its plans and models stay. Twice is quiet; use after it rejects with `disposed`. */
  dispose(): void;
  /** `dispose()`, where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}

/** A worker with the wasm in it. */
export interface Client {
  /**
   * Reads a graph from one file or several: edges, features, labels, splits, as their content says.
   *
   * Rejects with `parse` naming file and line, `limit_exceeded`, `out_of_memory`, `shape_mismatch`, `invalid_graph` or
   * `cancelled`; what is open stays as it is.
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
  openModel(file: InputFile | Uint8Array | ArrayBuffer | Blob, options?: ModelOptions): Promise<ModelHandle>;
  /**
   * Writes any results as safetensors, an array alone as one axis; `docs/formats.md` has the names for predictions, influence
   * and selections. Rejects with `invalid_option`, or `shape_mismatch` for a shape that does not fit.
   */
  saveTensors(
    tensors: Record<string, TensorData | Tensor>,
    metadata?: Record<string, string>,
  ): Promise<Uint8Array>;
  /** Reads safetensors as typed arrays; rejects with `parse` or `limit_exceeded`. */
  readTensors(file: InputFile | Uint8Array | ArrayBuffer | Blob): Promise<Tensors>;
  /** Workers that share the batches of an inference over a plan. */
  readonly workers: number;
  /**
   * Takes another number of workers from the next inference on. Graphs, plans and models stay open, and an inference under
   * way ends with the workers it has, which then give their memory back.
   *
   * Rejects with `invalid_option` unless it is a whole number from 1 to 64, or `disposed`.
   */
  setWorkers(workers: number): Promise<void>;
  /**
   * Makes a random graph with planted classes, features that tell of them and a split; the same on every machine.
   *
   * Rejects with `invalid_option`, `limit_exceeded`, `out_of_memory` or `cancelled`.
   */
  plantedGraph(options?: PlantedGraphOptions): Promise<GraphHandle>;
  /**
   * Loads a part of the wasm now, rather than at the first call that needs it: that with models and reasons, or that with
   * the formats of files, for which a worker stands ready from then on. Once it does, files open some 0.1 s sooner, and
   * the next one without a connection.
   *
   * @throws {IbmbError} `not_loaded`, which leaves everything as it is.
   */
  preload(part?: "models" | "files"): Promise<void>;
  /** Bytes of the wasm memories of all workers. They never shrink; `restart()` gives them back. */
  memoryBytes(): Promise<number>;
  /** Ends the worker and starts a new one. What is pending rejects with `worker_crashed`; graphs, plans and models are gone. */
  restart(): Promise<void>;
  /** Ends the worker. What is pending rejects with `disposed`, and so does every later call. Twice is quiet. */
  dispose(): void;
  [Symbol.dispose](): void;
}
