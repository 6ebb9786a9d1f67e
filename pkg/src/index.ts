/** Influence-based mini-batching for graph neural networks, in WebAssembly, off the main thread. */
export { createClient } from "./client.js";
export { IbmbError } from "./errors.js";
export type * from "./types.js";
