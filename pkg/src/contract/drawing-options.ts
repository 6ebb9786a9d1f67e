/** Options of layouts and pictures. */
import type { WorkOptions } from "./work.js";

/** How a graph is laid out without a plan. */
export interface GraphLayoutOptions {
  /** Neighbours come together, all others keep away; the start is by distances in the graph. Default `force`. */
  method?: "force";
  /** Rounds in which every node moves, 0 to 10000. Default 300; 200 for more than 5,000 nodes, 100 for more than 50,000. */
  rounds?: number;
  /** Reach over distance below which a group of nodes pushes as one, 0 <= theta < 1; 0 is exact and slow. Default 0.6. */
  theta?: number;
}

/** What a caller wants to hear of a layout under way. */
export interface LayoutWorkOptions extends WorkOptions {
  /** Called with the places on the way, at most ten times a second. */
  onPositions?: (positions: Float32Array) => void;
}

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What a picture shows, and from where; lengths are in its pixels. */
export interface PictureOptions {
  /** Width times height is at most 67,108,864. */
  width: number;
  height: number;
  /** x and y of every node. */
  positions: Float32Array;
  /** Pixels per unit of the positions. */
  scale: number;
  /** Where the origin of the positions is. */
  offsetX: number;
  offsetY: number;
  /**
   * Eight bytes a node: red, green, blue, alpha, size in quarter pixels, shape (0 dot, 1 output, 2 auxiliary, 3 cross;
   * plus 16 for the selected one, plus 32 for those selected together), two unused.
   */
  marks: Uint8Array;
  /** Nodes in drawing order; others have no mark. */
  order: Uint32Array;
  /** Factor of all sizes. Default 1. */
  grow?: number;
  /** Pixels of the picture per pixel in which sizes are meant. Default 1. */
  ratio?: number;
  /** Factor of the edges' opacity, 0 to 1. Default 1. */
  fade?: number;
  /** Pairs of ids that are drawn above the other edges. */
  batchEdges?: Uint32Array;
  colours: { paper: Colour; ring: Colour; edge: Colour; batchEdge: Colour; accent: Colour };
}
