/** Options of layouts and pictures. */
import type { WorkOptions } from "./work.js";

/** Callbacks for a running layout. */
export interface LayoutWorkOptions extends WorkOptions {
  /** Called with the places on the way, at most ten times a second. */
  onPositions?: (positions: Float32Array) => void;
}

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];
