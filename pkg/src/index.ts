/** Influence-based mini-batching for graph neural networks, in WebAssembly, off the main thread. */
export { createClient } from "./client/client.js";
export { IbmbError } from "./contract/errors.js";
export type * from "./contract/types.js";
