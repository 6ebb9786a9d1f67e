/** Texts in fields that are no allowed values. */

/** A text in a field that is no allowed value, and why. */
export interface Draft {
  text: string;
  problem: string;
  /** The package said so, not the range of the field: it may allow the value beside other settings. */
  refused?: true;
}
