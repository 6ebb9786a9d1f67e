/** Differences between browser and Node on the side of the worker. */
import type { Answer, Request } from "../contract/protocol.js";

export interface Host {
  /** Takes the client's messages. */
  listen(onRequest: (request: Request) => void): void;
  post(answer: Answer, transfer: Transferable[]): void;
  /** Gives the event loop a turn, so that messages can arrive. */
  nextTurn(): Promise<void>;
  /** A source that WebAssembly can take: bytes, or a response that is compiled while it loads. */
  fetchWasm(url: URL): Promise<BufferSource | Response>;
  /** The bytes of a Blob while the caller waits, where that can be had. */
  bytesNow?: ((blob: Blob) => Uint8Array) | undefined;
}
