import { wasmSource, type Connect } from "./platform.js";
import type { Answer, WasmSource } from "./protocol.js";

/** A module worker beside this file, in the form that bundlers recognise. */
export const connect: Connect = (factory, onAnswer, onCrash) => {
  const worker = factory
    ? (factory() as Worker)
    : new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "ibmb" });
  worker.addEventListener("message", (event: MessageEvent<Answer>) => onAnswer(event.data));
  worker.addEventListener("error", (event) => onCrash(event.message || "the worker could not be started"));
  worker.addEventListener("messageerror", () => onCrash("a message of the worker could not be read"));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: () => {},
    close: () => worker.terminate(),
  };
};

/** Relative addresses are relative to the page. */
export function locate(wasm: Parameters<typeof wasmSource>[0]): WasmSource {
  return wasmSource(wasm, globalThis.location?.href ?? import.meta.url);
}
