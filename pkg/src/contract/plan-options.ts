/** The options that a plan reports. */
import type { PlanOptions } from "./generated/options.js";

/** Weights of the edges of a batch. */
export type Normalization = NonNullable<PlanOptions["normalization"]>;

/** The options of a plan that are in force, with defaults filled in: those of its method and measure. */
export type PlanOptionsInForce = Required<Pick<PlanOptions, "method" | "measure" | "eps" | "normalization">> &
  Omit<PlanOptions, "outputNodes" | "split" | "method" | "measure" | "eps" | "normalization">;
