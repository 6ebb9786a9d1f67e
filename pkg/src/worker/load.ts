import { host } from "#host";
import { IbmbError } from "../contract/errors.js";
import type { WasmModule, WasmSource } from "../contract/protocol.js";
import { wasmAddress } from "../wasm-addresses.js";

/** Sources that can be compiled. */
type WasmInput = BufferSource | Response | WebAssembly.Module;

/** A wasm: one of the above, or the part of the engine that is added later. */
export type WasmPart = WasmModule | "models";

/** Finds a wasm: what the user gave, else the file beside the package, which Node reads from disk. */
async function loadWasm(source: WasmSource, module: WasmPart): Promise<WasmInput> {
  if (source !== undefined && typeof source !== "string") return source;
  const url = source === undefined ? wasmAddress(module) : new URL(source);
  try {
    return await host.fetchWasm(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IbmbError(failure(module), `the wasm could not be loaded from ${url.href}: ${reason}`);
  }
}

/** Compiles a wasm, while it loads where the server says what it is. */
async function compile(input: WasmInput): Promise<WebAssembly.Module> {
  if (input instanceof WebAssembly.Module) return input;
  if (!(input instanceof Response)) return WebAssembly.compile(input);
  return input.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(input)
    : WebAssembly.compile(await input.arrayBuffer());
}

/**
 * Starts a wasm with the generated `init`, or adds the engine's later part, `models`, with its `addPart`;
 * gives it compiled, for other workers.
 */
export async function startWasm(
  init: (options: { module_or_path: WebAssembly.Module }) => Promise<unknown>,
  source: WasmSource,
  module: WasmPart,
): Promise<WebAssembly.Module> {
  const input = await loadWasm(source, module);
  try {
    const compiled = await compile(input);
    await init({ module_or_path: compiled });
    return compiled;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IbmbError(failure(module), `the wasm could not be started: ${reason}`);
  }
}

/** Without its first wasm a worker is none. */
const failure = (module: WasmPart) => (module === "models" ? "not_loaded" : "worker_crashed");
