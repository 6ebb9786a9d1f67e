/** What an option is, and every option of a plan: one table that labels, ranges, defaults and checks come from. */
import type { PlanOptions } from "ibmb";

export type Method = "node-wise" | "batch-wise" | "hybrid" | "random" | "cluster";
export type Measure = "ppr" | "heat-kernel";

interface Common {
  /** The package's name of the option. */
  name: string;
  label: string;
  /** One line: what it does, and where it comes from. */
  help: string;
  /** Methods and measures that have the option; absent: all of them. */
  methods?: readonly Method[];
  measures?: readonly Measure[];
  /** The option that takes this one's place as soon as it has a value. */
  unless?: string;
  /** Less used: shown under "More options". */
  more?: true;
}

export interface NumberOption extends Common {
  kind: "number";
  /** `null`: the package chooses, or there is no such bound; the field may then be empty. */
  default: number | null;
  /** What an empty field says. */
  empty?: string;
  /** Allowed range; `above` excludes its end. */
  min?: number;
  above?: number;
  max?: number;
  below?: number;
  whole: boolean;
  /** What ends at the number of outputs: range and slider, or the slider alone. */
  upToOutputs?: "range" | "slider";
  /** What the slider spans; the allowed range is wider. */
  slider?: { from: number; to: number; scale: "linear" | "log"; steps: number };
}

export interface ChoiceOption extends Common {
  kind: "choice";
  default: string;
  choices: readonly (readonly [value: string, label: string])[];
  /** What each choice means, in a line shown below the field. */
  meanings?: Readonly<Record<string, string>>;
}

export interface FlagOption extends Common {
  kind: "flag";
  default: boolean;
}

export type OptionEntry = NumberOption | ChoiceOption | FlagOption;

/** The values that an entry allows. */
export type ValueOf<Entry> = Entry extends {
  kind: "choice";
  choices: readonly (readonly [infer Value, string])[];
}
  ? Value
  : Entry extends { kind: "flag" }
    ? boolean
    : Entry extends { default: null }
      ? number | null
      : number;

const EACH = ["node-wise", "hybrid", "random"] as const;
const PARTS = ["batch-wise", "hybrid", "cluster"] as const;

/** The options of a plan in the order of the work. */
export const PLAN_OPTIONS = {
  method: {
    kind: "choice",
    name: "method",
    label: "method",
    help: "How outputs come into batches, and how batches get their auxiliary nodes. IBMB paper, section 3.",
    default: "node-wise",
    choices: [
      ["node-wise", "node-wise"],
      ["batch-wise", "batch-wise"],
      ["hybrid", "hybrid"],
      ["random", "random"],
      ["cluster", "cluster"],
    ],
    meanings: {
      "node-wise":
        "Outputs that share influence come together; each brings its strongest nodes. IBMB paper, section 3.",
      "batch-wise":
        "Parts of the graph, with the strongest nodes for all outputs of a part together: topic-sensitive PageRank. IBMB paper, section 3.",
      hybrid:
        "Parts of the graph as in batch-wise; each output brings its strongest nodes as in node-wise. A variant of the published code.",
      random: "Outputs at random; each brings its strongest nodes. Ablation of the IBMB paper.",
      cluster: "Parts of the graph, taken whole. Cluster-GCN, a baseline of the IBMB paper.",
    },
  },
  outputNodes: {
    kind: "choice",
    name: "outputNodes",
    label: "output nodes",
    help: "The nodes to predict; every one is in exactly one batch. IBMB paper, section 3.",
    default: "all",
    choices: [
      ["all", "all nodes"],
      ["train", "training"],
      ["val", "validation"],
      ["test", "test"],
    ],
  },
  numBatches: {
    kind: "number",
    name: "numBatches",
    label: "batches",
    methods: PARTS,
    help: "Parts into which the graph is cut, with few edges between them; parts without outputs give no batch. IBMB paper, section 3, output-node partitioning.",
    default: null,
    empty: "auto",
    min: 1,
    max: 100_000_000,
    whole: true,
    upToOutputs: "range",
    slider: { from: 1, to: 128, scale: "log", steps: 127 },
  },
  measure: {
    kind: "choice",
    name: "measure",
    label: "influence",
    help: "What stands for influence: personalised PageRank (IBMB paper, section 3), or the heat kernel, a diffusion over a mean number of steps.",
    default: "ppr",
    choices: [
      ["ppr", "PageRank"],
      ["heat-kernel", "heat kernel"],
    ],
  },
  alpha: {
    kind: "number",
    name: "alpha",
    label: "alpha, teleport",
    measures: ["ppr"],
    help: "Chance that the random walk returns to its output at each step; larger stays closer. IBMB paper, section 3.",
    default: 0.25,
    above: 0,
    max: 1,
    whole: false,
    slider: { from: 0.05, to: 0.95, scale: "linear", steps: 90 },
  },
  heatTime: {
    kind: "number",
    name: "heatTime",
    label: "heat time",
    measures: ["heat-kernel"],
    help: "Mean number of steps of a walk under the heat kernel; smaller stays closer. The published experiments take 5.",
    default: 5,
    above: 0,
    max: 50,
    whole: false,
    slider: { from: 0.5, to: 20, scale: "log", steps: 80 },
  },
  eps: {
    kind: "number",
    name: "eps",
    label: "eps, tolerance",
    help: "Error that the influence may have per unit of degree; smaller is more exact and slower. IBMB paper, section 3.",
    default: 1e-4,
    above: 0,
    max: 1,
    whole: false,
    slider: { from: 1e-6, to: 1e-2, scale: "log", steps: 80 },
  },
  outputsPerBatch: {
    kind: "number",
    name: "outputsPerBatch",
    label: "outputs per batch",
    methods: ["node-wise", "random"],
    unless: "nodesPerBatch",
    help: "At most this many outputs share a batch; fewer need less memory. Empty: an eighth of the outputs. IBMB paper, section 3, output-node partitioning.",
    default: null,
    empty: "auto",
    min: 1,
    max: 100_000_000,
    whole: true,
    upToOutputs: "slider",
    slider: { from: 16, to: 1024, scale: "log", steps: 120 },
  },
  topK: {
    kind: "number",
    name: "topK",
    label: "top-k per output",
    methods: EACH,
    help: "Nodes of greatest influence that each output may bring into its batch. IBMB paper, section 3, auxiliary selection.",
    default: 16,
    min: 1,
    max: 100_000,
    whole: true,
    slider: { from: 1, to: 128, scale: "log", steps: 127 },
  },
  expandRatio: {
    kind: "number",
    name: "expandRatio",
    label: "expand ratio",
    methods: ["batch-wise"],
    help: "A batch selects this many times its share of the graph: expand ratio × nodes ÷ batches. IBMB paper, section 3, auxiliary selection.",
    default: 1,
    above: 0,
    max: 1000,
    whole: false,
    slider: { from: 0.1, to: 8, scale: "log", steps: 80 },
  },
  pairNormalization: {
    kind: "choice",
    name: "pairNormalization",
    label: "merge by",
    methods: ["node-wise"],
    more: true,
    help: "Scale of the influence of one output on another when outputs are merged: as it is, or weighted by the degrees of the two. Published code; default as it is.",
    default: "row",
    choices: [
      ["row", "influence (row)"],
      ["sym", "symmetric (sym)"],
      ["col", "by column (col)"],
    ],
  },
  nodesPerBatch: {
    kind: "number",
    name: "nodesPerBatch",
    label: "nodes per batch",
    methods: ["node-wise"],
    more: true,
    help: "At most this many nodes in a batch, outputs and auxiliary nodes together, in place of outputs per batch. Empty: no such bound. IBMB paper, section 3.",
    default: null,
    empty: "no bound",
    min: 1,
    max: 100_000_000,
    whole: true,
  },
  evenOut: {
    kind: "flag",
    name: "evenOut",
    label: "even out batches",
    methods: ["node-wise", "random"],
    unless: "nodesPerBatch",
    more: true,
    help: "Lowers outputs per batch so that the same number of batches is filled evenly, as in the published code.",
    default: false,
  },
  balance: {
    kind: "choice",
    name: "balance",
    label: "parts share",
    methods: PARTS,
    more: true,
    help: "What the parts have equally many of: all nodes, or outputs only. IBMB paper, section 3, output-node partitioning.",
    default: "all",
    choices: [
      ["all", "all nodes evenly"],
      ["outputs", "outputs evenly"],
    ],
  },
  direction: {
    kind: "choice",
    name: "direction",
    label: "direction",
    methods: ["batch-wise"],
    measures: ["ppr"],
    more: true,
    help: "PageRank from the outputs is the influence on them (IBMB paper, section 3); the published code walks towards the outputs, where hubs count less.",
    default: "influence",
    choices: [
      ["influence", "from the outputs"],
      ["reference", "towards the outputs"],
    ],
  },
  queue: {
    kind: "choice",
    name: "queue",
    label: "queue",
    measures: ["ppr"],
    more: true,
    help: "Order of the push: first in, first out (fast), or last in, first out (as published). Both keep to the tolerance.",
    default: "fast",
    choices: [
      ["fast", "fast"],
      ["reference", "as published"],
    ],
  },
  seed: {
    kind: "number",
    name: "seed",
    label: "seed",
    methods: ["random", ...PARTS],
    more: true,
    help: "Start of the random choices; the same seed gives the same batches everywhere.",
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    whole: true,
  },
  normalization: {
    kind: "choice",
    name: "normalization",
    label: "normalization",
    more: true,
    help: "Edge weights of a batch: degrees of the whole graph (global), or of the batch alone (local); symmetric or by row. Whole-graph degrees keep predictions exact where a batch holds all neighbours.",
    default: "global-sym",
    choices: [
      ["global-sym", "global, symmetric"],
      ["global-rw", "global, by row"],
      ["local-sym", "local, symmetric"],
      ["local-rw", "local, by row"],
    ],
  },
} as const satisfies Record<Exclude<keyof PlanOptions, "split">, OptionEntry>;

export type PlanOption = keyof typeof PLAN_OPTIONS;

/** The table's entry as any entry. */
export const planOption = (name: PlanOption): OptionEntry => PLAN_OPTIONS[name];

const plain = (value: number) =>
  value.toLocaleString("en-US", Number.isInteger(value) ? {} : { maximumSignificantDigits: 6 });

/** The allowed range in words, for messages and hints. */
export function rangeOf(option: NumberOption): string {
  const low = option.above !== undefined ? `above ${plain(option.above)}` : `from ${plain(option.min ?? 0)}`;
  if (option.min !== undefined && option.min === option.max) return `${plain(option.min)}`;
  const high =
    option.below !== undefined ? `to below ${plain(option.below)}` : `to ${plain(option.max ?? Infinity)}`;
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
