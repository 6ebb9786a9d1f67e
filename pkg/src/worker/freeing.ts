/** Objects of the wasm, which must be freed by hand. */

/** Something of the wasm that must be freed. */
export interface Freeable {
  free(): void;
}

/**
 * Frees an object when the work with it is over, but not after a trap: that leaves nothing that could be
 * freed.
 */
export async function freeing<T extends Freeable, R>(made: T, work: (made: T) => Promise<R>): Promise<R> {
  try {
    const result = await work(made);
    made.free();
    return result;
  } catch (thrown) {
    if (!isTrap(thrown)) made.free();
    throw thrown;
  }
}

/**
 * Whether the instance is in an unknown state: it has trapped, or ran out of stack or of JavaScript memory.
 */
export function isTrap(thrown: unknown): thrown is Error {
  return thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError;
}
