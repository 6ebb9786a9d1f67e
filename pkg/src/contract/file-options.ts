/** Files in and out, and how they are read. */
import type { BlobLike } from "./globals.js";
import type { WorkOptions } from "./work.js";

/** A file as the user has it; `.gz` is unpacked by content. */
export interface InputFile {
  name: string;
  /** Bytes are copied and moved to the worker. Text of a `Blob` is read piece by piece in browsers, and never in memory as a whole. */
  data: Uint8Array | ArrayBuffer | BlobLike;
}

/** Formats of files. */
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

/** Formats for other programs. */
export type ExportFormat = "graphml" | "gexf";

/** Values that stand beside the nodes in an export; none where an integer is negative, a float not finite, a text empty. */
export interface NodeColumn {
  /** For example `batch`, `prediction` or `score`, which are left alone when the file is opened again. */
  name: string;
  /** One value a node. */
  values: Int32Array | Float32Array | readonly string[];
}
