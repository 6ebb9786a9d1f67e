/** Files in and out, and how they are read. */
import type { BlobLike } from "./globals.js";

/** A file as the user has it; `.gz` is unpacked by content. */
export interface InputFile {
  name: string;
  /** Bytes are copied and moved to the worker. Text of a `Blob` is read piece by piece in browsers, and never in memory as a whole. */
  data: Uint8Array | ArrayBuffer | BlobLike;
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
