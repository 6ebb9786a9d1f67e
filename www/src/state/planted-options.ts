/** The fields of a synthetic graph. */
import { SYNTHETIC } from "./generated/options.ts";
import { fields, type NumberOption } from "./options.ts";
import type { Planted } from "./planted.ts";

export type Name = keyof Planted;

/** The numbers that a synthetic graph is made from, in the order of the form. */
export const PLANTED_OPTIONS: Readonly<Record<Name, NumberOption>> = fields(SYNTHETIC, {
  numNodes: { label: "nodes" },
  numDraws: { label: "edges drawn" },
  numClasses: { label: "classes" },
  homophily: { label: "homophily", slider: { from: 0, to: 1, scale: "linear", steps: 100 } },
  numFeatures: { label: "features" },
  featureSignal: { label: "feature signal", slider: { from: 0, to: 1, scale: "linear", steps: 100 } },
  seed: { label: "seed" },
});

/** In the order of the form. */
export const PLANTED_FIELDS = Object.keys(PLANTED_OPTIONS) as Name[];
