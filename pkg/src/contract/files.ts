/** Findings in files. */
import type { EdgeListOptions } from "./generated/options.js";

/** How a table would be read. */
export interface TablePreview {
  /** The kind of the file, in the words of `graph.report.files`. */
  kind: string;
  /** The first rows, the header among them, as they are split; none where the file is no table. */
  rows: string[][];
  /** Where an edge list has what, columns from 0; null where the file is something else. */
  edgeList: {
    delimiter: NonNullable<EdgeListOptions["delimiter"]>;
    header: boolean;
    source: number;
    target: number;
    weight: number | null;
    ids: NonNullable<EdgeListOptions["ids"]>;
  } | null;
  /** Warnings that opening would give. */
  warnings: string[];
  /** Why the guess may be wrong; empty when the file is unambiguous or `edgeList` settles it. */
  doubts: string[];
}

/** Counts of what was read, merged and dropped. */
export interface Report {
  /** Detected format of each file. */
  files: [name: string, kind: string][];
  edgesRead: number;
  duplicatesMerged: number;
  reciprocalMerged: number;
  selfLoopsRead: number;
  isolatedNodes: number;
  /**
   * Bytes of the memory that reading took at its peak and gave back since; absent where graph tensors were
   * read in place.
   */
  readingBytes?: number;
  warnings: string[];
}
