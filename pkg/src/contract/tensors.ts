/** Tensors as typed arrays, in and out of safetensors. */

export const ARRAYS = {
  F32: Float32Array,
  F64: Float64Array,
  I8: Int8Array,
  U8: Uint8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  /** Booleans are read as bytes, 0 and 1. */
  BOOL: Uint8Array,
} as const;

/** Elements of a tensor; the kind of array is their type. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Elements, row-major, and extents. */
export interface Tensor {
  data: TensorData;
  /** As many elements as its product. */
  shape: readonly number[];
}

/** Content of a safetensors file. */
export interface Tensors {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

/** A tensor on its way to or from the wasm. */
export interface WireTensor {
  name: string;
  type: keyof typeof ARRAYS;
  shape: readonly number[];
  bytes: Uint8Array;
}
