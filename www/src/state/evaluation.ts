/** How good predictions are, by class. */
import type { Run } from "./run.ts";

/** Parts of a split, the most telling first. */
export const PARTS = [
  ["test", "test nodes"],
  ["val", "validation nodes"],
  ["train", "training nodes"],
  ["all", "all labelled nodes"],
] as const;

/** Predictions that are compared with labels. */
export const WHOSE = [
  ["batched", "in batches"],
  ["full", "of the full graph"],
] as const;

export type Part = (typeof PARTS)[number][0];

/** Parts on which a run has labelled nodes. */
export const labelledParts = (run: Run): Part[] =>
  PARTS.map(([part]) => part).filter((part) => run.batched.accuracy?.[part] !== undefined);

/** What a confusion matrix says of one class. */
export interface ClassFigures {
  labelled: number;
  predicted: number;
  right: number;
  /** Share of its nodes that are found; NaN where it has none. */
  recall: number;
  /** Share of what is taken for it that is right; NaN where nothing is. */
  precision: number;
  /** Class that its nodes are most often taken for by mistake; `null` where none is. */
  takenFor: number | null;
}

export function byClass(confusion: Uint32Array, numClasses: number): ClassFigures[] {
  return Array.from({ length: numClasses }, (_, cls) => {
    const row = confusion.subarray(cls * numClasses, (cls + 1) * numClasses);
    const right = row[cls]!;
    let [labelled, predicted, takenFor] = [0, 0, null as number | null];
    for (let other = 0; other < numClasses; other++) {
      labelled += row[other]!;
      predicted += confusion[other * numClasses + cls]!;
      if (other !== cls && row[other]! > (takenFor === null ? 0 : row[takenFor]!)) takenFor = other;
    }
    return { labelled, predicted, right, recall: right / labelled, precision: right / predicted, takenFor };
  });
}
