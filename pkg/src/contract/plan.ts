/** A plan, as its users see it. */

import type { Layout } from "./drawing.js";
import type { BatchNeighbourhoodOptions, OrderOptions } from "./generated/options.js";
import type { Inference } from "./inference.js";
import type { PlanInferOptions } from "./inference-options.js";
import type { ModelHandle } from "./model.js";
import type { PlanOptionsInForce } from "./plan-options.js";
import type { Batch, BatchTable, Hops, Order, PlanStats } from "./plan-results.js";
import type { Neighbourhood, Reasons, Without } from "./why-results.js";
import type { WorkOptions } from "./work.js";

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
  /** Why a node is in a batch: which outputs selected it, with which score and rank. */
  why(index: number, node: number | string, work?: WorkOptions): Promise<Reasons>;
  /**
   * The neighbourhood of the outputs of a batch: its nodes, and nodes that were left out. Scores are those of the plan's
   * measure.
   */
  neighbourhood(index: number, options?: BatchNeighbourhoodOptions): Promise<Neighbourhood>;
  /**
   * Predicts the outputs of a batch with and without one of its auxiliary nodes, both computed. Edge weights
   * by degrees in the whole graph stay, those by degrees in the batch are made anew. `invalid_option` for any
   * other node.
   */
  inferWithout(
    model: ModelHandle,
    index: number,
    node: number | string,
    work?: WorkOptions,
  ): Promise<Without>;
  /** safetensors for PyG, DGL or `graph.openPlan`: ids, scores, outputs and the sub-graph of every batch. */
  save(): Promise<Uint8Array>;
  /** Frees the plan in the worker. Twice is quiet; use after it rejects with `disposed`. */
  dispose(): void;
  /** `dispose()`, where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}
