/** The numbers that a planted graph is made from, with the package's defaults. */

import type { NumberOption } from "./options.ts";
import { MOST_DRAWS, type Planted } from "./planted.ts";

export type Name = keyof Planted;

/** The numbers that a planted graph is made from, with the package's defaults. */
export const PLANTED_OPTIONS: Readonly<Record<Name, NumberOption>> = {
  numNodes: {
    kind: "number",
    name: "numNodes",
    label: "nodes",
    default: 10_000,
    min: 1,
    max: 50_000_000,
    whole: true,
    help: "How many nodes there are: a multiple of the classes, which take turns.",
  },
  numDraws: {
    kind: "number",
    name: "numDraws",
    label: "edges drawn",
    default: null,
    empty: "5 a node",
    min: 0,
    max: MOST_DRAWS,
    whole: true,
    help: "Edges that are drawn; loops and repeats among them are dropped. The mean degree is twice this over the nodes, and few nodes have many.",
  },
  numClasses: {
    kind: "number",
    name: "numClasses",
    label: "classes",
    default: 10,
    min: 1,
    max: 50_000_000,
    whole: true,
    help: "Planted classes, all of the same size.",
  },
  homophily: {
    kind: "number",
    name: "homophily",
    label: "homophily",
    default: 0.8,
    min: 0,
    max: 1,
    whole: false,
    slider: { from: 0, to: 1, scale: "linear", steps: 100 },
    help: "Share of the edges that stay within a class for certain; the others lead anywhere. 0: edges know nothing of classes.",
  },
  numFeatures: {
    kind: "number",
    name: "numFeatures",
    label: "features",
    default: 100,
    min: 1,
    max: 4_294_967_295,
    whole: true,
    help: "Columns of the features, at least one a class; a node has up to eight of them.",
  },
  featureSignal: {
    kind: "number",
    name: "featureSignal",
    label: "feature signal",
    default: 0.2,
    min: 0,
    max: 1,
    whole: false,
    slider: { from: 0, to: 1, scale: "linear", steps: 100 },
    help: "Chance that a feature of a node is one of its class instead of any. 0: features know nothing of classes.",
  },
  seed: {
    kind: "number",
    name: "seed",
    label: "seed",
    default: 1,
    min: 0,
    max: 4_294_967_295,
    whole: true,
    help: "Start of the random draws; the same seed gives the same graph everywhere.",
  },
};

/** In the order of the form. */
export const PLANTED_FIELDS = Object.keys(PLANTED_OPTIONS) as Name[];
