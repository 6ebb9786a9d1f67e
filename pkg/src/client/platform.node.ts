import { pathToFileURL } from "node:url";
import type { Transferable as NodeTransferable, Worker } from "node:worker_threads";
import type { Answer, WasmSource } from "../contract/protocol.js";
import { startWorker } from "../start-worker.node.js";
import { type Connect, wasmSource } from "./platform.js";

/** A `worker_threads` worker. It lets the process end when nothing is under way. */
export const connect: Connect = (factory, onAnswer, onCrash) => {
  const worker = factory ? (factory() as Worker) : startWorker();
  let closed = false;
  worker.on("message", (answer: Answer) => onAnswer(answer));
  worker.on("error", (error: Error) => onCrash(error.message));
  worker.on("messageerror", (error) => onCrash(error.message));
  worker.on("exit", (code) => closed || onCrash(`the worker ended with exit code ${code}`));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as NodeTransferable[]),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    close: () => {
      closed = true;
      void worker.terminate();
    },
  };
};

/** Relative addresses are relative to the working folder. */
export function locate(wasm: Parameters<typeof wasmSource>[0]): WasmSource {
  return wasmSource(wasm, pathToFileURL(`${process.cwd()}/`).href);
}
