import { host } from "#host";
import { IbmbError } from "./errors.js";
import type { WasmSource } from "./protocol.js";

/** What the generated `init` takes. */
export type WasmInput = BufferSource | Response | WebAssembly.Module;

/**
 * Finds the wasm: what the user gave, else the file beside the package. Bundlers recognise the form
 * `new URL(…, import.meta.url)` and carry the file along; Node reads it from disk.
 */
export async function loadWasm(source: WasmSource): Promise<WasmInput> {
  if (source !== undefined && typeof source !== "string") return source;
  const url = source === undefined ? new URL("./wasm/ibmb_bg.wasm", import.meta.url) : new URL(source);
  try {
    return await host.fetchWasm(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IbmbError("worker_crashed", `the wasm could not be loaded from ${url.href}: ${reason}`);
  }
}
