/** Every option of a training run: the panel, the defaults and the call of the package come from this table. */
import type { TrainOptions } from "ibmb";
import type { NumberOption, ChoiceOption, OptionEntry, ValueOf } from "./options.ts";

/** What is the package's, and `over`, which says whether a plan is made for the training. */
type Name = Exclude<keyof TrainOptions, "split" | "plan" | "validationPlan" | "onEpoch" | "signal"> | "over";

/** An option, and the values of other options without which it does not count. */
type TrainEntry = (NumberOption | ChoiceOption) & { only?: Partial<Record<Name, readonly string[]>> };

export const TRAIN_OPTIONS = {
  over: {
    kind: "choice", name: "over", label: "over", default: "full", choices: [["full", "the full graph"], ["plan", "batches of a plan"]],
    help: "The whole graph in every epoch, or the batches of a plan whose outputs are the training nodes, with the plan settings above and no more batches than training nodes. IBMB paper, section 3.",
  },
  schedule: {
    kind: "choice", name: "schedule", label: "schedule", default: "random", only: { over: ["plan"] },
    choices: [["random", "random"], ["sample", "sampled by distance"], ["order", "one tour"]],
    meanings: {
      random: "A new shuffle in every epoch.",
      sample: "Each next batch is drawn in proportion to the distance of its labels.",
      order: "The same tour in every epoch, with neighbours as different as can be found.",
    },
    help: "Order in which the batches are visited, by how much the labels of their outputs differ. IBMB paper, batch scheduling.",
  },
  shape: {
    kind: "choice", name: "shape", label: "layers are", default: "pyg", choices: [["pyg", "as in PyG"], ["ibmb", "as in IBMB"]],
    help: "PyG: convolution, ReLU, dropout, convolution. IBMB: with LayerNorm, and a final linear layer, as in the published code.",
  },
  featureNormalization: {
    kind: "choice", name: "featureNormalization", label: "features", default: "row", choices: [["row", "rows sum to 1"], ["none", "as they are"]],
    help: "As they are in the files, or each node's features divided by their sum. GCN paper, section 5.",
  },
  normalization: {
    kind: "choice", name: "normalization", label: "edge weights", default: "global-sym", only: { over: ["full"] },
    choices: [["global-sym", "symmetric"], ["global-rw", "by row"]],
    help: "Weights of edges from the degrees of both ends, or of the target alone; batches have those of their plan. GCN paper, section 2.",
  },
  layers: { kind: "number", name: "layers", label: "layers", help: "Graph convolutions: how many steps the model sees. GCN paper, appendix B.", default: 2, min: 1, max: 16, whole: true },
  hidden: { kind: "number", name: "hidden", label: "hidden", help: "Width of the hidden layers. GCN paper, section 5.", default: 64, min: 1, max: 4096, whole: true },
  dropout: { kind: "number", name: "dropout", label: "dropout", help: "Share of inputs set to zero while training. GCN paper, section 5.", default: 0.5, min: 0, below: 1, whole: false },
  epochs: { kind: "number", name: "epochs", label: "epochs", help: "Passes over the training nodes. GCN paper, section 5.", default: 200, min: 1, max: 100_000, whole: true },
  lr: { kind: "number", name: "lr", label: "learning rate", help: "Step size of Adam. GCN paper, section 5.", default: 0.01, above: 0, max: 1, whole: false },
  weightDecay: { kind: "number", name: "weightDecay", label: "weight decay", help: "L2 penalty on the weights. GCN paper, section 5.", default: 5e-4, min: 0, max: 1, whole: false },
  seed: {
    kind: "number", name: "seed", label: "seed", default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, whole: true,
    help: "Start of the random choices: first weights, dropout, order of the batches; the same seed gives the same model everywhere.",
  },
} as const satisfies Partial<Record<Name, TrainEntry>>;

export type TrainOption = keyof typeof TRAIN_OPTIONS;

export const TRAIN_NAMES = Object.keys(TRAIN_OPTIONS) as TrainOption[];

export type TrainSettings = { [Option in TrainOption]: ValueOf<(typeof TRAIN_OPTIONS)[Option]> };

export const TRAIN_DEFAULTS: Readonly<TrainSettings> =
  Object.fromEntries(TRAIN_NAMES.map((name) => [name, TRAIN_OPTIONS[name].default])) as unknown as TrainSettings;

/** The table's entry as any entry. */
export const trainOption = (name: TrainOption): OptionEntry => TRAIN_OPTIONS[name];

/** Whether the option counts beside the others. */
export function counts(name: TrainOption, settings: TrainSettings): boolean {
  const { only = {} } = TRAIN_OPTIONS[name] as TrainEntry;
  return Object.entries(only).every(([other, values]) => values.includes(String(settings[other as TrainOption])));
}

/** The settings as the package's options. */
export function trainOptions(settings: TrainSettings): TrainOptions {
  const given = TRAIN_NAMES.filter((name) => name !== "over" && counts(name, settings));
  return Object.fromEntries(given.map((name) => [name, settings[name]]));
}
