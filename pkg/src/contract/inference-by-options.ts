/** Options of the inference methods of a comparison. */
import type {
  FullGraphSettings,
  LadiesOptions,
  NeighbourSamplingOptions,
  PlanOptions,
  SaintOptions,
  ShadowHopsOptions,
  ShadowOptions,
} from "./generated/options.js";

/** The whole graph around the outputs: the exact result. */
export interface FullGraphOptions extends FullGraphSettings {
  method: "full-graph";
}

/** A plan by its method, which must be named here. */
export type PlanPointOptions = PlanOptions & { method: NonNullable<PlanOptions["method"]> };

/** An inference method. */
export type InferByOptions =
  | NeighbourSamplingOptions
  | ShadowOptions
  | ShadowHopsOptions
  | LadiesOptions
  | SaintOptions
  | FullGraphOptions
  | PlanPointOptions;
