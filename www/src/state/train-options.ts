/** The fields of a training run. */
import type { TrainOptions } from "ibmb";
import { TRAIN } from "./generated/options.ts";
import { applies, fields, type OptionEntry, type ValueOf } from "./options.ts";

/** Condition of options that apply to mini-batches only. */
const OVER_PLAN = { over: ["plan"] };

const SHOWN = fields(TRAIN, {
  arch: { label: "layer type", choices: { gcn: "GCN", sage: "GraphSAGE", gat: "GAT" } },
  schedule: {
    label: "schedule",
    when: OVER_PLAN,
    choices: { random: "random", sample: "sampled by distance", order: "fixed tour" },
  },
  layers: { label: "layers" },
  hidden: { label: "hidden units" },
  heads: { label: "attention heads" },
  dropout: { label: "dropout" },
  epochs: { label: "epochs" },
  optimizer: { label: "optimizer", choices: { adam: "Adam", adamw: "AdamW" } },
  lr: { label: "learning rate" },
  weightDecay: { label: "weight decay" },
  accumulate: { label: "batches per step", when: OVER_PLAN },
  plateau: { label: "reduce learning rate on plateau" },
  "plateau.factor": { label: "factor" },
  "plateau.patience": { label: "patience, epochs" },
  "plateau.cooldown": { label: "cooldown, epochs" },
  "plateau.minLr": { label: "minimum" },
  earlyStop: { label: "stop early" },
  "earlyStop.patience": { label: "patience, epochs" },
  "earlyStop.minEpochs": { label: "minimum epochs" },
  activation: {
    label: "activation",
    more: true,
    choices: { auto: "default", relu: "ReLU", elu: "ELU" },
  },
  shape: { label: "model form", more: true, choices: { pyg: "PyG", ibmb: "IBMB paper" } },
  loss: {
    label: "loss weights",
    more: true,
    when: OVER_PLAN,
    choices: { "batch-mean": "equal per batch", "output-mean": "equal per output" },
  },
  featureNormalization: {
    label: "features",
    more: true,
    choices: { row: "L1 row-normalised", l2: "L2 row-normalised", none: "none" },
  },
  normalization: {
    label: "edge weights",
    more: true,
    choices: { "global-sym": "symmetric", "global-rw": "row" },
  },
  seed: { label: "seed", more: true },
});

export const TRAIN_OPTIONS = {
  // The page's own: whether a plan is made for the training.
  over: {
    kind: "choice",
    name: "over",
    label: "train on",
    default: "full",
    choices: [
      ["full", "full graph"],
      ["plan", "mini-batches"],
    ],
    help: "Full graph: one step per epoch on the whole graph. Mini-batches: the batches of a plan whose outputs are the training nodes, made with the plan settings above. IBMB paper, section 3.",
  },
  ...SHOWN,
} as const;

export type TrainOption = keyof typeof TRAIN_OPTIONS;

export const TRAIN_NAMES = Object.keys(TRAIN_OPTIONS) as TrainOption[];

export type TrainSettings = { [Option in TrainOption]: ValueOf<(typeof TRAIN_OPTIONS)[Option]> };

export const TRAIN_DEFAULTS: Readonly<TrainSettings> = Object.fromEntries(
  TRAIN_NAMES.map((name) => [name, TRAIN_OPTIONS[name].default]),
) as unknown as TrainSettings;

/** The table's entry as any entry. */
export const trainOption = (name: TrainOption): OptionEntry => TRAIN_OPTIONS[name] as OptionEntry;

/** Whether the option counts beside the others. */
export const counts = (name: TrainOption, settings: TrainSettings): boolean =>
  applies(trainOption(name), settings);

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
