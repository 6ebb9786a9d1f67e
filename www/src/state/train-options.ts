/** Every option of a training run: the panel, the defaults and the call of the package come from this table. */
import type { TrainOptions } from "ibmb";
import type { OptionEntry, ValueOf } from "./options.ts";

/** Names of the options inside an option, as the package's messages have them. */
type Inside<Outer extends "plateau" | "earlyStop"> =
  `${Outer}.${string & keyof NonNullable<TrainOptions[Outer]>}`;

/** What is the package's, and `over`, which says whether a plan is made for the training. */
type Name =
  | Exclude<keyof TrainOptions, "split" | "plan" | "validationPlan" | "onEpoch" | "signal">
  | Inside<"plateau">
  | Inside<"earlyStop">
  | "over";

/** An option, and the values of other options without which it does not count. */
type TrainEntry = OptionEntry & { only?: Partial<Record<Name, readonly string[]>> };

export const TRAIN_OPTIONS = {
  over: {
    kind: "choice",
    name: "over",
    label: "over",
    default: "full",
    choices: [
      ["full", "the full graph"],
      ["plan", "batches of a plan"],
    ],
    help: "The whole graph in every epoch, or the batches of a plan whose outputs are the training nodes, with the plan settings above and no more batches than training nodes. IBMB paper, section 3.",
  },
  arch: {
    kind: "choice",
    name: "arch",
    label: "convolutions",
    default: "gcn",
    choices: [
      ["gcn", "GCN"],
      ["sage", "GraphSAGE"],
      ["gat", "GAT"],
    ],
    help: "GCN: normalised sums of neighbours. GraphSAGE: their mean beside the node itself. GAT: sums weighted by attention. IBMB paper, experimental set-up.",
  },
  schedule: {
    kind: "choice",
    name: "schedule",
    label: "schedule",
    default: "random",
    only: { over: ["plan"] },
    choices: [
      ["random", "random"],
      ["sample", "sampled by distance"],
      ["order", "one tour"],
    ],
    meanings: {
      random: "A new shuffle in every epoch.",
      sample: "Each next batch is drawn in proportion to the distance of its labels.",
      order: "The same tour in every epoch, with neighbours as different as can be found.",
    },
    help: "Order in which the batches are visited, by how much the labels of their outputs differ. IBMB paper, batch scheduling.",
  },
  layers: {
    kind: "number",
    name: "layers",
    label: "layers",
    help: "Graph convolutions: how many steps the model sees. IBMB paper, experimental set-up.",
    default: 2,
    min: 1,
    max: 16,
    whole: true,
  },
  hidden: {
    kind: "number",
    name: "hidden",
    label: "hidden",
    default: 64,
    min: 1,
    max: 4096,
    whole: true,
    help: "Width of the hidden layers, all heads of a GAT together. IBMB paper, experimental set-up.",
  },
  heads: {
    kind: "number",
    name: "heads",
    label: "heads",
    default: 8,
    min: 1,
    max: 64,
    whole: true,
    only: { arch: ["gat"] },
    help: "Attentions side by side; their number divides the width. GAT paper, section 2; IBMB paper, experimental set-up.",
  },
  dropout: {
    kind: "number",
    name: "dropout",
    label: "dropout",
    default: null,
    empty: "auto",
    min: 0,
    below: 1,
    whole: false,
    help: "Share of inputs set to zero while training. Empty: 0.5, for a GAT 0.6. IBMB paper, experimental set-up.",
  },
  epochs: {
    kind: "number",
    name: "epochs",
    label: "epochs",
    help: "Passes over the training nodes. IBMB paper, experimental set-up.",
    default: 200,
    min: 1,
    max: 100_000,
    whole: true,
  },
  optimizer: {
    kind: "choice",
    name: "optimizer",
    label: "optimizer",
    default: "adam",
    choices: [
      ["adam", "Adam"],
      ["adamw", "AdamW"],
    ],
    help: "Adam adds weight decay to the gradient; AdamW lets the weights shrink by it. IBMB paper, experimental set-up; AdamW paper, section 2.",
  },
  lr: {
    kind: "number",
    name: "lr",
    label: "learning rate",
    help: "Step size of the optimizer. IBMB paper, experimental set-up.",
    default: 0.01,
    above: 0,
    max: 1,
    whole: false,
  },
  weightDecay: {
    kind: "number",
    name: "weightDecay",
    label: "weight decay",
    default: null,
    empty: "auto",
    min: 0,
    max: 1,
    whole: false,
    help: "How strongly all weights but biases and norms are drawn towards 0. Empty: 0.002, for GraphSAGE 0.0005. IBMB paper, experimental set-up.",
  },
  accumulate: {
    kind: "number",
    name: "accumulate",
    label: "batches per step",
    default: 1,
    min: 1,
    max: 100_000,
    whole: true,
    only: { over: ["plan"] },
    help: "Batches whose mean gradient makes one step. IBMB paper, experimental set-up.",
  },
  plateau: {
    kind: "flag",
    name: "plateau",
    label: "lower step on plateau",
    default: false,
    help: "Lowers the learning rate when the validation loss does not fall. IBMB paper, experimental set-up.",
  },
  "plateau.factor": {
    kind: "number",
    name: "plateau.factor",
    label: "by a factor of",
    default: 0.33,
    above: 0,
    below: 1,
    whole: false,
    only: { plateau: ["true"] },
    help: "What the learning rate is multiplied with. IBMB paper, experimental set-up.",
  },
  "plateau.patience": {
    kind: "number",
    name: "plateau.patience",
    label: "after epochs",
    default: 30,
    min: 0,
    max: 100_000,
    whole: true,
    only: { plateau: ["true"] },
    help: "Epochs in a row without a smaller validation loss that are borne. IBMB paper, experimental set-up.",
  },
  "plateau.cooldown": {
    kind: "number",
    name: "plateau.cooldown",
    label: "then rests",
    default: 10,
    min: 0,
    max: 100_000,
    whole: true,
    only: { plateau: ["true"] },
    help: "Epochs after a fall that do not count. IBMB paper, experimental set-up.",
  },
  "plateau.minLr": {
    kind: "number",
    name: "plateau.minLr",
    label: "never below",
    default: 1e-4,
    min: 0,
    max: 1,
    whole: false,
    only: { plateau: ["true"] },
    help: "The learning rate does not fall below. IBMB paper, experimental set-up.",
  },
  earlyStop: {
    kind: "flag",
    name: "earlyStop",
    label: "stop early",
    default: false,
    help: "Ends training when the validation accuracy does not rise. IBMB paper, experimental set-up.",
  },
  "earlyStop.patience": {
    kind: "number",
    name: "earlyStop.patience",
    label: "after epochs",
    default: 100,
    min: 1,
    max: 100_000,
    whole: true,
    only: { earlyStop: ["true"] },
    help: "Epochs without a greater validation accuracy that are borne. IBMB paper, experimental set-up.",
  },
  "earlyStop.minEpochs": {
    kind: "number",
    name: "earlyStop.minEpochs",
    label: "not before epoch",
    default: 300,
    min: 0,
    max: 100_000,
    whole: true,
    only: { earlyStop: ["true"] },
    help: "Epochs that are trained in any case. IBMB paper, experimental set-up.",
  },
  activation: {
    kind: "choice",
    name: "activation",
    label: "activation",
    default: "auto",
    choices: [
      ["auto", "usual one"],
      ["relu", "ReLU"],
      ["elu", "ELU"],
    ],
    more: true,
    help: "What follows a hidden convolution; usual is ELU in a GAT, ReLU in the others. GAT paper, section 3; IBMB paper, experimental set-up.",
  },
  shape: {
    kind: "choice",
    name: "shape",
    label: "layers are",
    default: "pyg",
    choices: [
      ["pyg", "as in PyG"],
      ["ibmb", "as in IBMB"],
    ],
    more: true,
    help: "PyG: convolution, activation, dropout, convolution. IBMB: with LayerNorm, and a final linear layer. IBMB paper, experimental set-up.",
  },
  loss: {
    kind: "choice",
    name: "loss",
    label: "batches count",
    default: "batch-mean",
    choices: [
      ["batch-mean", "each the same"],
      ["output-mean", "by their outputs"],
    ],
    more: true,
    only: { over: ["plan"] },
    help: "Every batch counts the same, or every output of all batches. IBMB paper, training.",
  },
  featureNormalization: {
    kind: "choice",
    name: "featureNormalization",
    label: "features",
    default: "l2",
    choices: [
      ["row", "rows sum to 1"],
      ["l2", "rows of length 1"],
      ["none", "as they are"],
    ],
    more: true,
    help: "As they are in the files, or each node's features divided by their sum or by their length. GCN paper, section 5.",
  },
  normalization: {
    kind: "choice",
    name: "normalization",
    label: "edge weights",
    default: "global-sym",
    more: true,
    choices: [
      ["global-sym", "symmetric"],
      ["global-rw", "by row"],
    ],
    help: "Weights of edges in the whole graph from the degrees of both ends, or of the target alone; batches have those of their plan. GCN paper, section 2.",
  },
  seed: {
    kind: "number",
    name: "seed",
    label: "seed",
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    whole: true,
    more: true,
    help: "Start of the random choices: first weights, dropout, order of the batches; the same seed gives the same model everywhere. IBMB paper, experimental set-up.",
  },
} as const satisfies Partial<Record<Name, TrainEntry>>;

export type TrainOption = keyof typeof TRAIN_OPTIONS;

export const TRAIN_NAMES = Object.keys(TRAIN_OPTIONS) as TrainOption[];

export type TrainSettings = { [Option in TrainOption]: ValueOf<(typeof TRAIN_OPTIONS)[Option]> };

export const TRAIN_DEFAULTS: Readonly<TrainSettings> = Object.fromEntries(
  TRAIN_NAMES.map((name) => [name, TRAIN_OPTIONS[name].default]),
) as unknown as TrainSettings;

/** The table's entry as any entry. */
export const trainOption = (name: TrainOption): OptionEntry => TRAIN_OPTIONS[name];

/** Whether the option counts beside the others. */
export function counts(name: TrainOption, settings: TrainSettings): boolean {
  const { only = {} } = TRAIN_OPTIONS[name] as TrainEntry;
  return Object.entries(only).every(([other, values]) =>
    values.includes(String(settings[other as TrainOption])),
  );
}

/** The settings as the package's options; what it chooses itself is left out. */
export function trainOptions(settings: TrainSettings): TrainOptions {
  const options: Record<string, unknown> = {};
  for (const name of TRAIN_NAMES) {
    const value = settings[name];
    if (name === "over" || value === null || value === "auto" || value === false || !counts(name, settings))
      continue;
    const [outer, inner] = name.split(".") as [string, string?];
    // What is switched on holds its own options, which come after it.
    if (inner === undefined) options[outer] = value === true ? {} : value;
    else (options[outer] as Record<string, unknown>)[inner] = value;
  }
  return options;
}
