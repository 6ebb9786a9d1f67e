/** A graph, as its users see it. */

import type { GraphLayout } from "./drawing.js";
import type { LayoutWorkOptions } from "./drawing-options.js";
import type { ExportFormat, InputFile, NodeColumn } from "./file-options.js";
import type { Report } from "./files.js";
import type {
  EvaluateOptions,
  ExactInfluenceOptions,
  FullInferOptions,
  GraphLayoutOptions,
  InfluencerOptions,
  NeighbourhoodOptions,
  PassOptions,
  PathsOptions,
  PictureOptions,
  PlanOptions,
} from "./generated/options.js";
import type { BlobLike } from "./globals.js";
import type { Evaluation, Inference } from "./inference.js";
import type { InferByOptions } from "./inference-by-options.js";
import type { InferencePoint, PreparedHandle } from "./inference-points.js";
import type { ExactInfluence, Influencers } from "./influence.js";
import type { ModelHandle } from "./model.js";
import type { PlanHandle } from "./plan.js";
import type { PlanBytes } from "./plan-results.js";
import type { Split } from "./split.js";
import type { TrainRun } from "./training.js";
import type { TrainOptions } from "./training-options.js";
import type { Neighbourhood, StrongPath } from "./why-results.js";
import type { WorkOptions } from "./work.js";

/**
 * A graph with its labels, features and splits. It lives in the worker; what is small or often read is here.
 */
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
   * Groups output nodes into batches with their auxiliary nodes. The push rows of the latest plan are kept:
   * another plan of the same outputs with the same `alpha`, `eps` and `queue` is made from them.
   *
   * Rejects with `invalid_option`, `invalid_graph` for an output that does not exist or comes twice,
   * `limit_exceeded` or `cancelled`.
   */
  plan(options?: PlanOptions, work?: WorkOptions): Promise<PlanHandle>;
  /**
   * Reads a plan that `plan.save()` wrote, for this graph.
   *
   * Rejects with `parse`, `missing_tensor`, `limit_exceeded`, or `invalid_graph` when it was made for another
   * graph.
   */
  openPlan(file: InputFile | Uint8Array | ArrayBuffer | BlobLike): Promise<PlanHandle>;
  /**
   * Bounds of the bytes of a plan, from the options and the degrees alone, without building it: milliseconds.
   *
   * Rejects as `plan` does for options and outputs.
   */
  planBytes(options?: PlanOptions): Promise<PlanBytes>;
  /**
   * Trains a network on the graph or on the batches of a plan. A training that fails leaves graph, plan and
   * models open.
   *
   * Rejects with `invalid_option`, `invalid_graph` without labels, `shape_mismatch` without features, or
   * `cancelled` when stopped before the first epoch has ended.
   */
  train(options?: TrainOptions): Promise<TrainRun>;
  /** Predicts nodes on the full graph: exact, the reference for batches. */
  infer(model: ModelHandle, options?: FullInferOptions): Promise<Inference>;
  /**
   * Compares predictions of this graph's nodes with their labels: confusion matrix and calibration.
   *
   * Rejects with `invalid_graph` without labels, `shape_mismatch` for logits of other nodes or classes,
   * `invalid_option`.
   */
  evaluate(
    predicted: Pick<Inference, "nodes" | "logits" | "numClasses">,
    options?: EvaluateOptions,
  ): Promise<Evaluation>;
  /**
   * One point of a comparison: prepares an inference method from nothing, runs warm inference passes with
   * these weights in the first worker, and measures both.
   *
   * Rejects with `invalid_option`, `invalid_graph` for an output that does not exist or comes twice,
   * `shape_mismatch` when the model does not fit the graph, `limit_exceeded` or `cancelled`.
   */
  inferBy(model: ModelHandle, options: InferByOptions & PassOptions): Promise<InferencePoint>;
  /** The same in two calls: prepares an inference method once, for any number of passes. */
  prepareBy(model: ModelHandle, options: InferByOptions & WorkOptions): Promise<PreparedHandle>;
  /**
   * The k nodes of greatest PPR from `node`, an id or a name; `invalid_option` when there is no such node.
   */
  influencers(node: number | string, options?: InfluencerOptions): Promise<Influencers>;
  /**
   * The `k` strongest nodes of each of `nodes`, what is left out, and the flow along the edges between them.
   */
  neighbourhood(
    nodes: Uint32Array | readonly (number | string)[],
    options?: NeighbourhoodOptions,
  ): Promise<Neighbourhood>;
  /** The paths along which `to` influences `from` most, the strongest first; none where there is no way. */
  paths(from: number | string, to: number | string, options?: PathsOptions): Promise<StrongPath[]>;
  /**
   * The influence of every node around `node` on the model's output there: sum of |d logit / d feature| by
   * backward passes, and its rank correlation and overlap with PPR (paper, section 3). `invalid_option` for
   * an unknown node, `shape_mismatch` when the model does not fit the graph.
   */
  exactInfluence(
    model: ModelHandle,
    node: number | string,
    options?: ExactInfluenceOptions,
  ): Promise<ExactInfluence>;
  /**
   * UTF-8 text of the graph for other programs, for example Gephi: names, labels, masks and positions, with
   * more columns of nodes such as batch and prediction. Features stay out. `shape_mismatch` when a column has
   * not one value a node.
   */
  exportAs(format: ExportFormat, columns?: readonly NodeColumn[]): Promise<Uint8Array>;
  /**
   * Positions for drawing that the edges alone decide; components stand side by side. Direction and weights
   * of edges do not count. Rejects with `invalid_option` or `cancelled`.
   */
  layout(options?: GraphLayoutOptions, work?: LayoutWorkOptions): Promise<GraphLayout>;
  /**
   * A picture of all edges and of the marks of nodes, drawn without a graphics card: red, green, blue and
   * alpha of every pixel, for `new ImageData(pixels, width)`. Rejects with `invalid_option`,
   * `shape_mismatch`, `invalid_graph` for a node that does not exist, or `cancelled`.
   */
  picture(options: PictureOptions, work?: WorkOptions): Promise<Uint8ClampedArray<ArrayBuffer>>;
  /** safetensors with PyG's names; to read its weights again, open it with `weights: "use"`. */
  save(): Promise<Uint8Array>;
  /**
   * Frees the graph in the worker; its plans and models stay. Twice is quiet; use after it rejects with
   * `disposed`.
   */
  dispose(): void;
  /** `dispose()`, where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}
