import { host } from "#host";
import { IbmbError } from "./errors.js";
import type { WasmSource } from "./protocol.js";

/** What the generated `init` takes. */
export type WasmInput = BufferSource | Response | WebAssembly.Module;

/**
 * Finds the wasm: what the user gave, else the file beside the package. Bundlers recognise the form
 * `new URL(…, import.meta.url)` and carry the file along; Node reads it from disk.
 */
async function loadWasm(source: WasmSource): Promise<WasmInput> {
  if (source !== undefined && typeof source !== "string") return source;
  const url = source === undefined ? new URL("./wasm/ibmb_bg.wasm", import.meta.url) : new URL(source);
  try {
    return await host.fetchWasm(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IbmbError("worker_crashed", `the wasm could not be loaded from ${url.href}: ${reason}`);
  }
}

/** Starts the wasm with the generated `init`. */
export async function startWasm(init: (options: { module_or_path: WasmInput }) => Promise<unknown>, source: WasmSource): Promise<void> {
  const input = await loadWasm(source);
  try {
    await init({ module_or_path: input });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IbmbError("worker_crashed", `the wasm could not be started: ${reason}`);
  }
}
