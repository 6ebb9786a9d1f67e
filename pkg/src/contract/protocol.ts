/**
 * Messages between the client and its worker. Every request has an `id`; every answer names the request's.
 * Wasm objects stay in the worker; here they are numbers.
 */

import type { GraphLayout, Layout } from "./drawing.js";
import type { PlainError } from "./errors.js";
import type { ExportFormat, NodeColumn } from "./file-options.js";
import type { Report, TablePreview } from "./files.js";
import type {
  EvaluateOptions,
  ExactInfluenceOptions,
  GraphLayoutOptions,
  Limits,
  ModelOptions,
  NeighbourhoodOptions,
  OpenGraphOptions,
  OrderOptions,
  PassOptions,
  PathsOptions,
  PictureOptions,
  PlanOptions,
  PlantedGraphOptions,
} from "./generated/options.js";
import type { BatchDone, Evaluation, Inference } from "./inference.js";
import type { InferByOptions } from "./inference-by-options.js";
import type { InferencePoint, PreparedHandle } from "./inference-points.js";
import type { ExactInfluence, Influencers } from "./influence.js";
import type { ModelHandle } from "./model.js";
import type { PlanHandle } from "./plan.js";
import type { Batch, BatchTable, Hops, Order, PlanBytes, PlanStats } from "./plan-results.js";
import type { Split } from "./split.js";
import type { WireTensor } from "./tensors.js";
import type { Epoch, TrainRun } from "./training.js";
import type { TrainOptions } from "./training-options.js";
import type { Neighbourhood, Reasons, StrongPath, Without } from "./why-results.js";
import type { Progress, WorkOptions } from "./work.js";

/** The wasm with graphs, plans and models, or that with the formats of files: a worker has either. */
export type WasmModule = "engine" | "files";

/** Stands for a wasm object of the worker. */
export type HandleId = number;

/** Where the wasm comes from; `undefined` is the file beside the worker. */
export type WasmSource = string | BufferSource | WebAssembly.Module | undefined;

/** A file on its way to the worker; a Blob is read there. */
export interface WireFile {
  name: string;
  data: Uint8Array | Blob;
}

/** Strings as UTF-8 end to end, and the end of each: cheap to send, decoded when asked for. */
export interface PackedStrings {
  utf8: Uint8Array;
  ends: Uint32Array;
}

/** Facts about a graph that the client keeps. */
export interface GraphInfo {
  name: string;
  numNodes: number;
  numEdges: number;
  directed: boolean;
  weighted: boolean;
  numFeatures: number;
  numClasses: number;
  classNames: string[];
  names: PackedStrings | null;
  labels: Int32Array | null;
  positions: Float32Array | null;
  splits: [name: string, split: Split][];
  report: Report;
}

/** Facts about a plan that the client keeps. */
export interface PlanInfo {
  numBatches: number;
  stats: PlanStats;
  table: BatchTable;
  batchOf: Int32Array;
  options: PlanHandle["options"];
}

/** Facts about a model that the client keeps. */
export type ModelInfo = Omit<ModelHandle, "save" | "dispose" | typeof Symbol.dispose>;

/** A new object in the worker. */
export interface Opened<Info> {
  handle: HandleId;
  info: Info;
}

/** Options of a plan once names are ids. */
export interface WirePlanOptions extends Omit<PlanOptions, "outputNodes"> {
  outputNodes?: "all" | "train" | "val" | "test" | Uint32Array;
}

/** An inference method once names are ids. */
export type WireInferByOptions = WithIds<InferByOptions>;

/** Number of warm-up and timed passes. */
export type Passes = Required<Omit<PassOptions, keyof WorkOptions>>;

/** Handle and facts of a prepared inference method, for the client. */
export type PreparedInfo = Pick<PreparedHandle, "prepareMs" | "prepareByStage">;

/** The same for every member of a union. */
type WithIds<Options> = Options extends unknown
  ? Omit<Options, "outputNodes"> & Pick<WirePlanOptions, "outputNodes">
  : never;

/** Options of an order without the work options. */
export type WireOrderOptions = Omit<OrderOptions, "signal" | "onProgress">;

/** Options of a training once handles are numbers. */
export type WireTrainOptions = Omit<TrainOptions, "plan" | "validationPlan" | "onEpoch" | "signal">;

/** Options of an inference without the work options. */
export interface WireInferOptions {
  split?: string;
  probabilities?: boolean;
}

/** Options of paths once names are ids. */
export interface WirePathsOptions extends Pick<PathsOptions, "alpha" | "k"> {
  within?: Uint32Array;
}

/** Batches of a plan on their way to another worker, as the Rust type `Shard` holds them. */
export interface ShardArrays {
  normalization: string;
  featureNormalization: string;
  width: number;
  arrays: Record<string, Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>;
}

/**
 * A graph on its way from one wasm to the other, with its labels, features and splits; the binding reads and
 * writes each array.
 */
export interface GraphParts {
  indptr: Uint32Array;
  indices: Uint32Array;
}

/** Logits of some batches, one after another. */
export interface PartialInference {
  logits: Float32Array;
  batchMs: Float64Array;
  bytes: number;
}

/** An inference but for what it cost. */
export type Prediction = Omit<Inference, "timeMs" | "batchMs" | "msByStage" | "bytes">;

/** Arguments and result of every call. */
export interface Calls {
  /** Starts one of the two modules; a worker has either. */
  init: {
    args: {
      module: WasmModule;
      wasm: WasmSource;
      modelsWasm: WasmSource;
      limits: Partial<Limits> | undefined;
    };
    result: { wasm: WebAssembly.Module };
  };
  /** Loads the engine's part with models; gives it compiled, for other workers. */
  preload: { args: object; result: { wasm: WebAssembly.Module } };
  /** Module of files: a graph of any format as arrays. */
  readGraph: {
    args: { files: WireFile[]; options: Omit<OpenGraphOptions, keyof WorkOptions> };
    result: { parts: GraphParts; report: Report };
  };
  /** Module of files: how a file would be read. */
  previewTable: {
    args: { file: WireFile; options: Pick<OpenGraphOptions, "format" | "edgeList"> };
    result: TablePreview;
  };
  /** Module of files: a graph in a format of other programs. */
  writeGraph: {
    args: { parts: GraphParts; format: ExportFormat; columns: readonly NodeColumn[] };
    result: Uint8Array;
  };
  openTensors: {
    args: { file: WireFile; options: Pick<OpenGraphOptions, "name" | "directed" | "weights"> };
    result: Opened<GraphInfo>;
  };
  openParts: { args: { parts: GraphParts }; result: Opened<GraphInfo> };
  graphParts: { args: { graph: HandleId }; result: GraphParts };
  openModel: { args: { file: WireFile; options: ModelOptions }; result: Opened<ModelInfo> };
  plantedGraph: {
    args: { options: Omit<PlantedGraphOptions, keyof WorkOptions> };
    result: Opened<GraphInfo>;
  };
  edges: { args: { graph: HandleId }; result: Uint32Array };
  influencers: {
    args: { graph: HandleId; node: number; options: { alpha?: number; eps?: number; k?: number } };
    result: Influencers;
  };
  exactInfluence: {
    args: {
      graph: HandleId;
      model: HandleId;
      node: number;
      options: Omit<ExactInfluenceOptions, keyof WorkOptions>;
    };
    result: ExactInfluence;
  };
  neighbourhood: {
    args: { graph: HandleId; nodes: Uint32Array; options: Omit<NeighbourhoodOptions, keyof WorkOptions> };
    result: Neighbourhood;
  };
  batchNeighbourhood: {
    args: { plan: HandleId; index: number; options: { outputs?: Uint32Array; leftOut?: number } };
    result: Neighbourhood;
  };
  paths: {
    args: { graph: HandleId; from: number; to: number; options: WirePathsOptions };
    result: StrongPath[];
  };
  why: { args: { plan: HandleId; index: number; node: number }; result: Reasons };
  inferWithout: { args: { plan: HandleId; model: HandleId; index: number; node: number }; result: Without };
  saveGraph: { args: { graph: HandleId }; result: Uint8Array };
  savePlan: { args: { plan: HandleId }; result: Uint8Array };
  openPlan: { args: { graph: HandleId; file: WireFile }; result: Opened<PlanInfo> };
  saveTensors: { args: { tensors: WireTensor[]; metadata: Record<string, string> }; result: Uint8Array };
  readTensors: {
    args: { file: WireFile };
    result: { tensors: WireTensor[]; metadata: Record<string, string> };
  };
  saveModel: { args: { model: HandleId }; result: Uint8Array };
  plan: { args: { graph: HandleId; options: WirePlanOptions }; result: Opened<PlanInfo> };
  planBytes: { args: { graph: HandleId; options: WirePlanOptions }; result: PlanBytes };
  batch: { args: { plan: HandleId; index: number }; result: Batch };
  merged: { args: { plan: HandleId; indices: Uint32Array }; result: Batch };
  order: { args: { plan: HandleId; options: WireOrderOptions }; result: Order };
  overlap: { args: { plan: HandleId }; result: Uint32Array };
  labelCounts: { args: { plan: HandleId }; result: Uint32Array | null };
  hops: { args: { plan: HandleId }; result: Hops };
  layout: { args: { plan: HandleId }; result: Layout };
  /** With `tell`, every batch is reported as soon as it is done. */
  inferPlan: {
    args: { plan: HandleId; model: HandleId; options: WireInferOptions; tell: boolean };
    result: Inference;
  };
  /** `watched`: places on the way are sent too. */
  layoutGraph: {
    args: { graph: HandleId; options: GraphLayoutOptions; watched: boolean };
    result: GraphLayout;
  };
  picture: { args: { graph: HandleId; options: PictureOptions }; result: Uint8ClampedArray<ArrayBuffer> };
  /** Bounds that cut the batches of a plan into runs of about equal work. */
  cuts: { args: { plan: HandleId; count: number }; result: Uint32Array };
  /** The batches `from..to` for a worker that does not have the graph. */
  shard: { args: { plan: HandleId; model: HandleId; from: number; to: number }; result: ShardArrays };
  openShard: { args: { shard: ShardArrays }; result: HandleId };
  inferRange: {
    args: { plan: HandleId; model: HandleId; options: { from: number; to: number }; tell: boolean };
    result: PartialInference;
  };
  inferShard: { args: { shard: HandleId; model: HandleId; tell: boolean }; result: PartialInference };
  /** Predictions from the logits of all batches. */
  predictions: {
    args: { plan: HandleId; model: HandleId; logits: Float32Array; options: WireInferOptions };
    result: Prediction;
  };
  inferGraph: {
    args: {
      graph: HandleId;
      model: HandleId;
      options: { nodes?: Uint32Array; normalization?: string; split?: string; probabilities?: boolean };
    };
    result: Inference;
  };
  evaluate: {
    args: {
      graph: HandleId;
      nodes: Uint32Array;
      logits: Float32Array;
      numClasses: number;
      options: EvaluateOptions;
    };
    result: Evaluation;
  };
  prepareBy: {
    args: { graph: HandleId; model: HandleId; options: WireInferByOptions };
    result: Opened<PreparedInfo>;
  };
  passes: { args: { prepared: HandleId; options: Passes }; result: InferencePoint };
  train: {
    args: {
      graph: HandleId;
      plan: HandleId | undefined;
      validationPlan: HandleId | undefined;
      options: WireTrainOptions;
    };
    result: { model: Opened<ModelInfo> } & Omit<TrainRun, "model">;
  };
  memoryBytes: { args: object; result: number };
}

export type CallKind = keyof Calls;
export type Args<K extends CallKind> = Calls[K]["args"];
export type Result<K extends CallKind> = Calls[K]["result"];

/** A call with its number. */
export type Call = { [K in CallKind]: { kind: K; id: number } & Args<K> }[CallKind];

/** Client to worker. */
export type Request =
  | Call
  /** Ends the call `id`: it rejects with `cancelled`, a training resolves with the best so far. */
  | { kind: "cancel"; id: number }
  /** Frees the object; calls under way still end. */
  | { kind: "dispose"; handle: HandleId };

/** Worker to client. */
export type Answer =
  | { kind: "result"; id: number; value: Result<CallKind> }
  | { kind: "error"; id: number; error: PlainError }
  | { kind: "progress"; id: number; progress: Progress }
  | { kind: "epoch"; id: number; epoch: Epoch }
  /** Batches that are done, in their order; numbered from the first of the call. */
  | { kind: "batches"; id: number; batches: BatchDone[] }
  | { kind: "positions"; id: number; positions: Float32Array }
  /** The wasm instance has trapped and cannot be used any more. */
  | { kind: "crashed"; message: string };
