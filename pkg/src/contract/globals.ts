/**
 * Objects that browsers and Node have and plain ECMAScript does not. Where their types are known, through
 * `lib: ["DOM"]` or `@types/node`, they are those; elsewhere they are what the package uses of them, so that
 * its types need neither.
 */

/** The used part of `AbortSignal`. */
export interface MinimalAbortSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The used part of `Blob`. */
export interface MinimalBlob {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number): MinimalBlob;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The used part of `URL`. */
export interface MinimalUrl {
  readonly href: string;
}

/** An `AbortSignal`. */
export type AbortSignalLike = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : MinimalAbortSignal;

/** A `Blob` or a `File`. */
export type BlobLike = typeof globalThis extends { Blob: { prototype: infer Known } } ? Known : MinimalBlob;

/** A `URL`. */
export type UrlLike = typeof globalThis extends { URL: { prototype: infer Known } } ? Known : MinimalUrl;

/** A `WebAssembly.Module`, which has no members. */
export type WasmModuleLike = object;

/** A part of the wasm: its address, its bytes, or a `WebAssembly.Module`. */
export type WasmInput = string | UrlLike | ArrayBuffer | ArrayBufferView | WasmModuleLike;
