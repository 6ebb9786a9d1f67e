/** The open graph and where it comes from. */
import type { GraphHandle, InputFile } from "ibmb";
import type { Neighbours } from "./neighbours.ts";
import type { Planted } from "./planted.ts";
import type { Reading } from "./reading.ts";

/** Where a graph comes from: enough to read it again. */
export interface Source {
  files: readonly InputFile[];
  /** Default: from the files. */
  name?: string;
  noun?: string;
  /** Key of a sample of the page or of a planted graph, which a link can name. */
  sample?: string;
  /** What the graph is made from in place of files. */
  planted?: Planted;
  /** Where on the web its file was, which a link can name too. */
  address?: string;
}

/** The open graph with what the page derives from it once. */
export interface OpenGraph {
  handle: GraphHandle;
  /** Pairs of ids. */
  edges: Uint32Array;
  neighbours: Neighbours;
  /** What its nodes are called in sentences. */
  noun: string;
  /** Split that `train`, `val` and `test` refer to. */
  readonly split: string | null;
  source: Source;
  /** How the files were read. */
  reading: Reading;
}

/** How many nodes of a split's part there are; 0 without splits. */
export function partSize(graph: OpenGraph, part: "train" | "val" | "test"): number {
  return graph.split === null ? 0 : graph.handle.splits[graph.split]![part].length;
}

/** How many outputs a plan of these nodes has. */
export const numOutputs = (graph: OpenGraph, outputs: "all" | "train" | "val" | "test"): number =>
  outputs === "all" ? graph.handle.numNodes : partSize(graph, outputs);
