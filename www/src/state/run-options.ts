/** How inference is run: the controls, their defaults and ranges. */
import type { FlagOption, NumberOption } from "./options.ts";

export const RUN_OPTIONS = {
  workers: {
    kind: "number",
    name: "workers",
    label: "workers",
    default: 1,
    min: 1,
    max: 64,
    whole: true,
    help: "Workers that share the batches of a run. Each has a thread and a memory of its own, with a copy of its batches and of the weights; the result is the same to the bit.",
  },
  probabilities: {
    kind: "flag",
    name: "probabilities",
    label: "probabilities",
    default: true,
    help: "A probability for every class of every predicted node, the softmax of the logits: shown with a node and saved with the predictions.",
  },
} as const satisfies { workers: NumberOption; probabilities: FlagOption };
