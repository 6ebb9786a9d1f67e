/** Every option of a plan and of a training run: one table that labels, ranges, defaults and checks come from. */

export interface NumberOption {
  kind: "number";
  /** The package's name of the option. */
  name: string;
  label: string;
  /** One line: what it does, and where it comes from. */
  help: string;
  default: number | null;
  /** Allowed range; `above` excludes its end. */
  min?: number;
  above?: number;
  max?: number;
  below?: number;
  whole: boolean;
  /** What the slider spans; the allowed range is wider. */
  slider?: { from: number; to: number; scale: "linear" | "log"; steps: number };
}

export interface ChoiceOption {
  kind: "choice";
  name: string;
  label: string;
  help: string;
  default: string;
  choices: readonly (readonly [value: string, label: string])[];
}

export const PLAN_NUMBERS = {
  alpha: {
    kind: "number", name: "alpha", label: "alpha, teleport",
    help: "Chance that the random walk returns to its output at each step; larger stays closer. IBMB paper, section 3.",
    default: 0.25, above: 0, max: 1, whole: false,
    slider: { from: 0.05, to: 0.95, scale: "linear", steps: 90 },
  },
  eps: {
    kind: "number", name: "eps", label: "eps, tolerance",
    help: "Residual the push may leave per unit of degree; smaller is more exact and slower. IBMB paper, section 3.",
    default: 1e-4, above: 0, max: 1, whole: false,
    slider: { from: 1e-6, to: 1e-2, scale: "log", steps: 80 },
  },
  topK: {
    kind: "number", name: "topK", label: "top-k per output",
    help: "Nodes of greatest influence that each output may bring into its batch. IBMB paper, section 3.",
    default: 16, min: 1, max: 100_000, whole: true,
    slider: { from: 1, to: 128, scale: "log", steps: 127 },
  },
  outputsPerBatch: {
    kind: "number", name: "outputsPerBatch", label: "outputs per batch",
    help: "At most this many outputs share a batch; fewer need less memory. By itself: an eighth of the outputs. IBMB paper, section 3.",
    default: null, min: 1, max: 100_000_000, whole: true,
    slider: { from: 16, to: 1024, scale: "log", steps: 120 },
  },
} as const satisfies Record<string, NumberOption>;

export const PLAN_CHOICES = {
  outputNodes: {
    kind: "choice", name: "outputNodes", label: "output nodes",
    help: "The nodes to predict; every one is in exactly one batch. IBMB paper, section 3.",
    default: "all", choices: [["all", "all nodes"], ["train", "training"], ["val", "validation"], ["test", "test"]],
  },
  normalization: {
    kind: "choice", name: "normalization", label: "normalization",
    help: "Edge weights of a batch: degrees of the whole graph (global), or of the batch alone (local); symmetric or by row. Whole-graph degrees keep predictions exact where a batch holds all neighbours.",
    default: "global-sym",
    choices: [["global-sym", "global, symmetric"], ["global-rw", "global, by row"], ["local-sym", "local, symmetric"], ["local-rw", "local, by row"]],
  },
} as const satisfies Record<string, ChoiceOption>;

export const TRAIN_NUMBERS = {
  layers: { kind: "number", name: "layers", label: "layers", help: "Graph convolutions: how many steps the model sees.", default: 2, min: 1, max: 16, whole: true },
  hidden: { kind: "number", name: "hidden", label: "hidden", help: "Width of the hidden layers.", default: 64, min: 1, max: 4096, whole: true },
  dropout: { kind: "number", name: "dropout", label: "dropout", help: "Share of inputs set to zero while training.", default: 0.5, min: 0, below: 1, whole: false },
  epochs: { kind: "number", name: "epochs", label: "epochs", help: "Passes over the training nodes.", default: 200, min: 1, max: 100_000, whole: true },
  lr: { kind: "number", name: "lr", label: "learning rate", help: "Step size of Adam.", default: 0.01, above: 0, max: 10, whole: false },
  weightDecay: { kind: "number", name: "weightDecay", label: "weight decay", help: "L2 penalty on the weights.", default: 5e-4, min: 0, max: 10, whole: false },
} as const satisfies Record<string, NumberOption>;

export type PlanNumber = keyof typeof PLAN_NUMBERS;
export type PlanChoice = keyof typeof PLAN_CHOICES;
export type TrainNumber = keyof typeof TRAIN_NUMBERS;

const plain = (value: number) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });

/** The allowed range in words, for messages and hints. */
export function rangeOf(option: NumberOption): string {
  const low = option.above !== undefined ? `above ${plain(option.above)}` : `from ${plain(option.min ?? 0)}`;
  const high = option.below !== undefined ? `to below ${plain(option.below)}` : `to ${plain(option.max ?? Infinity)}`;
  return `${option.whole ? "a whole number" : "a number"} ${low} ${option.above !== undefined ? "up " : ""}${high}`;
}

/** What is wrong with `text` as a value of the option, or the value. */
export function readNumber(option: NumberOption, text: string): { value: number } | { problem: string } {
  const value = text.trim() === "" ? NaN : Number(text);
  const fits =
    Number.isFinite(value) &&
    (!option.whole || Number.isInteger(value)) &&
    (option.min === undefined || value >= option.min) &&
    (option.above === undefined || value > option.above) &&
    (option.max === undefined || value <= option.max) &&
    (option.below === undefined || value < option.below);
  return fits ? { value } : { problem: `${option.name} must be ${rangeOf(option)}.` };
}

/** The value at a slider's position, rounded so that it reads well. */
export function fromSlider(option: NumberOption, position: number): number {
  const { from, to, scale, steps } = option.slider!;
  const t = position / steps;
  const raw = scale === "log" ? from * (to / from) ** t : from + (to - from) * t;
  if (option.whole) return Math.round(raw);
  return Number(raw.toPrecision(2));
}

/** The slider's position for a value, held at its ends. */
export function toSlider(option: NumberOption, value: number): number {
  const { from, to, scale, steps } = option.slider!;
  const held = Math.min(to, Math.max(from, value));
  const t = scale === "log" ? Math.log(held / from) / Math.log(to / from) : (held - from) / (to - from);
  return Math.round(t * steps);
}
