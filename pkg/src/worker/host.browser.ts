import type { Request } from "../contract/protocol.js";
import type { Host } from "./host.js";

/** The part of a dedicated worker's global scope that is used here. */
interface Scope {
  addEventListener(type: "message", listener: (event: MessageEvent<Request>) => void): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}
const scope = globalThis as unknown as Scope;

/** Only workers of browsers have it, and the types of pages do not know it. */
declare const FileReaderSync: undefined | (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer });
const SyncReader = typeof FileReaderSync === "undefined" ? undefined : FileReaderSync;

const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => waiting.shift()?.();

export const host: Host = {
  listen: (onRequest) => scope.addEventListener("message", (event) => onRequest(event.data)),
  post: (answer, transfer) => scope.postMessage(answer, transfer),
  // A message to oneself: timers would wait 4 ms once they are nested.
  nextTurn: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      turns.port2.postMessage(undefined);
    }),
  fetchWasm: async (url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
    return response;
  },
  bytesNow: SyncReader && ((blob) => new Uint8Array(new SyncReader().readAsArrayBuffer(blob))),
};
