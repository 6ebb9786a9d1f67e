/** How inference is run: the controls, their defaults and ranges. */
import { CLIENT } from "./generated/options.ts";
import { type FlagOption, fields, type NumberOption } from "./options.ts";

export const RUN_OPTIONS = {
  ...fields(CLIENT, { workers: { label: "workers" } }),
  probabilities: {
    kind: "flag",
    name: "probabilities",
    label: "probabilities",
    default: true,
    help: "A probability for every class of every predicted node, the softmax of the logits: shown with a node and saved with the predictions.",
  },
} as const satisfies { workers: NumberOption; probabilities: FlagOption };
