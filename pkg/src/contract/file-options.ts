/** Files in and out, and how they are read. */
import type { WorkOptions } from "./types.js";

/** A file as the user has it; `.gz` is unpacked by content. */
export interface InputFile {
  name: string;
  /** Bytes are copied and moved to the worker. Text of a `Blob` is read piece by piece in browsers, and never in memory as a whole. */
  data: Uint8Array | ArrayBuffer | Blob;
}

/** Formats of files; `docs/formats.md` describes them. */
export type FileFormat =
  | "edge-list"
  | "node-table"
  | "matrix-market"
  | "json"
  | "graphml"
  | "gexf"
  | "gml"
  | "npz"
  | "npy"
  | "safetensors";

/** How an edge list is read. Columns are given by their name in the header or by their number from 0. */
export interface EdgeListOptions {
  delimiter?: "tab" | "semicolon" | "comma" | "blanks";
  /** Whether the first row names the columns. */
  header?: boolean;
  /** First character of lines that are skipped. Default `#` and `%`. */
  comment?: string;
  source?: string | number;
  target?: string | number;
  weight?: string | number;
  /** Whether ids are the numbers `0..n-1` or names. */
  ids?: "integers" | "names";
}

/** How a graph is opened. */
export interface OpenGraphOptions extends WorkOptions {
  /** A name for people; default: from the files. */
  name?: string;
  /** Whether an edge leads from its source to its target only. Default: what the file says, else false. */
  directed?: boolean;
  /** Weights of edges where the files have them: left alone with a warning, or used. Default `ignore`. */
  weights?: "ignore" | "use";
  /**
   * What the file is, where its content would be taken for something else; of several files an object by file name.
   * Default: by content, then by name.
   */
  format?: FileFormat | Record<string, FileFormat>;
  /** How an edge list is read; what is left out is guessed from its first lines. */
  edgeList?: EdgeListOptions;
}

/** How a table would be read. */
export interface TablePreview {
  /** What the file is taken for, as `graph.report.files` says it. */
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
  /** What opening would warn of. */
  warnings: string[];
  /** Why the guess may be wrong; empty where the file leaves nothing open, or `edgeList` says it. */
  doubts: string[];
}

/** What was read, merged and dropped. */
export interface Report {
  /** What each file was taken for. */
  files: [name: string, kind: string][];
  edgesRead: number;
  duplicatesMerged: number;
  reciprocalMerged: number;
  selfLoopsRead: number;
  isolatedNodes: number;
  /** Bytes of the memory that reading took at its peak and gave back since; absent where graph tensors were read in place. */
  readingBytes?: number;
  warnings: string[];
}

/** Formats for other programs. */
export type ExportFormat = "graphml" | "gexf";

/** Values that stand beside the nodes in an export; none where an integer is negative, a float not finite, a text empty. */
export interface NodeColumn {
  /** For example `batch`, `prediction` or `score`, which are left alone when the file is opened again. */
  name: string;
  /** One value a node. */
  values: Int32Array | Float32Array | readonly string[];
}
