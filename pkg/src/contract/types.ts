/// <reference lib="esnext.disposable" preserve="true" />
/** All types that users see. */
export type * from "./client.js";
export type * from "./client-options.js";
export type * from "./drawing.js";
export type * from "./drawing-options.js";
export type { ErrorCode } from "./errors.js";
export type * from "./file-options.js";
export type * from "./files.js";
export type * from "./generated/options.js";
export type * from "./globals.js";
export type * from "./graph.js";
export type * from "./inference.js";
export type * from "./inference-by-options.js";
export type * from "./inference-options.js";
export type * from "./inference-points.js";
export type * from "./influence.js";
export type * from "./model.js";
export type * from "./plan.js";
export type * from "./plan-options.js";
export type * from "./plan-results.js";
export type * from "./split.js";
export type { Tensor, TensorData, Tensors } from "./tensors.js";
export type * from "./training.js";
export type * from "./training-options.js";
export type * from "./why-results.js";
export type * from "./work.js";
