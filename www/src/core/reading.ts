import type { OpenGraphOptions } from "ibmb";
import type { ChoiceOption } from "./options.ts";

/** How files are read, as the data panel asks for it. */
export interface Reading {
  directed: "as-said" | "no" | "yes";
  weights: "ignore" | "use";
}

export const READING_DEFAULTS: Readonly<Reading> = { directed: "as-said", weights: "ignore" };

export const READING_OPTIONS = {
  directed: {
    kind: "choice", name: "directed", label: "edges lead", default: READING_DEFAULTS.directed,
    help: "Whether an edge carries influence both ways, or from its source to its target only. A file that says nothing is read both ways, as in IBMB's published code.",
    choices: [["as-said", "as the files say"], ["no", "both ways"], ["yes", "one way"]],
  },
  weights: {
    kind: "choice", name: "weights", label: "weights", default: READING_DEFAULTS.weights,
    help: "Weights of edges where the files have them: left alone, as in IBMB's published code, or used for influence and model alike.",
    choices: [["ignore", "ignore them"], ["use", "use them"]],
  },
} as const satisfies Record<keyof Reading, ChoiceOption>;

/** The package's options; what the files say themselves is left to them. */
export const readOptions = ({ directed, weights }: Reading): OpenGraphOptions =>
  ({ weights, ...(directed === "as-said" ? {} : { directed: directed === "yes" }) });
