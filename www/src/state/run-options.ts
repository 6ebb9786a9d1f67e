/** Options of inference: the controls, their defaults and ranges. */
import { CLIENT } from "./generated/options.ts";
import { type FlagOption, fields, type NumberOption } from "./options.ts";

export const RUN_OPTIONS = {
  ...fields(CLIENT, { workers: { label: "workers" } }),
  probabilities: {
    kind: "flag",
    name: "probabilities",
    label: "probabilities",
    default: true,
    help: "Compute class probabilities (softmax of the logits) for every predicted node. They are shown with a selected node and saved with the predictions.",
  },
} as const satisfies { workers: NumberOption; probabilities: FlagOption };
