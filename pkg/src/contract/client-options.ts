/** How a client is started. */
import type { ClientSettings, Limits } from "./generated/options.js";
import type { WasmInput } from "./globals.js";

/** The common interface of browsers' and Node's workers. */
export interface WorkerLike {
  // biome-ignore lint/suspicious/noExplicitAny: browsers and Node do not name one type for what is transferred.
  postMessage(message: any, transfer: any): void;
  terminate(): unknown;
}

/** How a client is started. */
export interface ClientOptions extends ClientSettings {
  /** Where the wasm is, when the default (`import.meta.url` beside the package) does not serve. */
  wasm?: WasmInput;
  /** The same for its part with models and reasons, which is loaded when it is needed; both are of one build. */
  modelsWasm?: WasmInput;
  /** The same for the wasm that reads and writes files, which is loaded when it is needed; graph tensors need it not. */
  filesWasm?: WasmInput;
  /** Makes a worker from `ibmb/worker`, when the default does not serve: a `Worker`, in Node one of `worker_threads`. */
  worker?: () => WorkerLike;
  limits?: Limits;
}
