/** Parts of a data set. */

/** Node ids of a split, ascending. */
export interface Split {
  train: Uint32Array;
  val: Uint32Array;
  test: Uint32Array;
}
