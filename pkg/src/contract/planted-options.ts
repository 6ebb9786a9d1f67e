/** Options of a planted graph. */
import type { WorkOptions } from "./work.js";

/**
 * A random graph with planted classes; node `v` is of class `v mod numClasses`. Making it takes some 72 bytes an edge and
 * 32 a node at its peak.
 */
export interface PlantedGraphOptions extends WorkOptions {
  /** A multiple of the classes. Default 10,000. */
  numNodes?: number;
  /** Edges drawn; loops and repeats among them are dropped. Default 5 a node. */
  numDraws?: number;
  /** Default 10. */
  numClasses?: number;
  /** Share of the edges that stay within a class for certain, 0 to 1. Default 0.8. */
  homophily?: number;
  /** Default 1. */
  seed?: number;
  /** Columns of the features, at least one a class; a node has up to eight of them. Default 100. */
  numFeatures?: number;
  /** Probability that a feature of a node is one of its class instead of any, 0 to 1. Default 0.2. */
  featureSignal?: number;
}
