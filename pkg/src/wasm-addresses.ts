/**
 * Where a wasm is by default: in the folder `wasm` beside this file, and beside the worker that bundlers make
 * of it. They recognise the form `new URL(…, import.meta.url)` and carry the files along.
 */
export const wasmAddress = (part: "engine" | "models" | "files"): URL =>
  ({
    engine: new URL("./wasm/ibmb_bg.wasm", import.meta.url),
    models: new URL("./wasm/models_bg.wasm", import.meta.url),
    files: new URL("./wasm/files_bg.wasm", import.meta.url),
  })[part];
