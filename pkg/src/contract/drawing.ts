/** Where nodes stand. */

/** Positions on the unit square, y downwards. */
export interface Layout {
  /** x, y of every node. */
  positions: Float32Array;
  /** Batch whose island the node stands on; -1 for nodes outside all batches. */
  island: Int32Array;
}

/** Positions on the unit square, y downwards. */
export interface GraphLayout {
  /** x, y of every node; the same on every machine. */
  positions: Float32Array;
}
