/**
 * What is used of objects that browsers and Node have and plain ECMAScript does not, so that the types need neither
 * `lib: ["DOM"]` nor `@types/node`. The objects of browsers and of Node fit.
 */

/** An `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** A `Blob` or a `File`. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number): BlobLike;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `URL`. */
export interface UrlLike {
  readonly href: string;
}

/** A `WebAssembly.Module`, which has no members. */
export type WasmModuleLike = object;

/** A part of the wasm: its address, its bytes, or a `WebAssembly.Module`. */
export type WasmInput = string | UrlLike | ArrayBuffer | ArrayBufferView | WasmModuleLike;
