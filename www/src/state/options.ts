/** What a field for an option is. The options themselves are declared by the core; the page adds labels, order and sliders. */
import { PLAN } from "./generated/options.ts";

interface Common {
  /** The package's name of the option. */
  name: string;
  label: string;
  /** One line: what it does, and where it comes from. */
  help: string;
  /** Words that other options must have for this one to apply. */
  when?: Conditions;
  /** The option that takes this one's place as soon as it has a value. */
  unless?: string;
  /** Less used: shown under "More options". */
  more?: true;
}

type Conditions = Readonly<Record<string, readonly string[]>>;

export interface NumberOption extends Common {
  kind: "number";
  /** `null`: the package chooses, or there is no such bound; the field may then be empty. */
  default: number | null;
  /** What an empty field says. */
  empty?: string;
  /** Allowed range; `above` and `below` exclude their ends. */
  min?: number;
  above?: number;
  max?: number;
  below?: number;
  whole: boolean;
  /** What ends at the number of outputs: range and slider, or the slider alone. */
  upToOutputs?: "range" | "slider";
  /** What the slider spans; the allowed range is wider. */
  slider?: Slider;
}

interface Slider {
  from: number;
  to: number;
  scale: "linear" | "log";
  steps: number;
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

/** An option as the core declares it. */
type Declared = { kind: "number" | "choice" | "flag"; name: string; help: string; when?: Conditions } & {
  words?: readonly string[];
  default: unknown;
};

/** What the page adds to a declared option. */
type Shown<Option> = {
  label: string;
  more?: true;
  slider?: Slider;
  upToOutputs?: "range" | "slider";
  /** Conditions by options that only the page has. */
  when?: Conditions;
} & (Option extends { words: readonly (infer Word extends string)[]; default: null }
  ? // The package chooses unless one is set.
    { choices: Readonly<Record<"auto" | Word, string>> }
  : Option extends { words: readonly (infer Word extends string)[] }
    ? { choices: Readonly<Record<Word, string>> }
    : unknown);

/** A field: what is declared with what is shown. */
type Field<Option> = Option extends { words: readonly (infer Word)[]; default: infer Default }
  ? Omit<Option, "default"> &
      ChoiceOption & {
        choices: readonly (readonly [Default extends null ? "auto" | Word : Word, string])[];
        default: Default extends null ? "auto" : Default;
      }
  : Option & (Option extends { kind: "number" } ? NumberOption : FlagOption);

/** Fields for the options of a call, in the order in which `shown` names them. */
export function fields<Table extends Readonly<Record<string, Declared>>, Name extends string & keyof Table>(
  table: Table,
  shown: { [Option in Name]: Shown<Table[Option]> },
): { readonly [Option in Name]: Field<Table[Option]> } {
  const entry = ([name, own]: [string, { choices?: Record<string, string>; when?: Conditions }]) => {
    const { words, ...declared } = table[name as Name]!;
    const { choices, when, ...rest } = own;
    const conditions = { ...declared.when, ...when };
    const field = {
      ...declared,
      ...(Object.keys(conditions).length > 0 ? { when: conditions } : {}),
      ...rest,
      ...(choices === undefined
        ? {}
        : { words, choices: Object.entries(choices), default: declared.default ?? "auto" }),
    };
    return [name, field];
  };
  return Object.fromEntries(Object.entries(shown).map((one) => entry(one as never))) as never;
}

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

/** Whether an option applies beside the values of the others. */
export const applies = ({ when = {} }: OptionEntry, values: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(when).every(([other, words]) => words.includes(String(values[other])));

/** The fields of a plan in the order of the work. */
export const PLAN_OPTIONS = fields(PLAN, {
  method: {
    label: "method",
    choices: {
      "node-wise": "node-wise",
      "batch-wise": "batch-wise",
      hybrid: "hybrid",
      random: "random",
      cluster: "cluster",
    },
  },
  outputNodes: {
    label: "output nodes",
    choices: { all: "all nodes", train: "training", val: "validation", test: "test" },
  },
  numBatches: {
    label: "batches",
    upToOutputs: "range",
    slider: { from: 1, to: 128, scale: "log", steps: 127 },
  },
  measure: { label: "influence", choices: { ppr: "PageRank", "heat-kernel": "heat kernel" } },
  alpha: { label: "alpha, teleport", slider: { from: 0.05, to: 0.95, scale: "linear", steps: 90 } },
  heatTime: { label: "heat time", slider: { from: 0.5, to: 20, scale: "log", steps: 80 } },
  eps: { label: "eps, tolerance", slider: { from: 1e-6, to: 1e-2, scale: "log", steps: 80 } },
  outputsPerBatch: {
    label: "outputs per batch",
    upToOutputs: "slider",
    slider: { from: 16, to: 1024, scale: "log", steps: 120 },
  },
  topK: { label: "top-k per output", slider: { from: 1, to: 128, scale: "log", steps: 127 } },
  expandRatio: { label: "expand ratio", slider: { from: 0.1, to: 8, scale: "log", steps: 80 } },
  pairNormalization: {
    label: "merge score",
    more: true,
    choices: { row: "influence (row)", sym: "symmetric (sym)", col: "per column (col)" },
  },
  nodesPerBatch: { label: "nodes per batch", more: true },
  evenOut: { label: "equal batch sizes", more: true },
  balance: {
    label: "balance parts by",
    more: true,
    choices: { all: "all nodes", outputs: "outputs" },
  },
  direction: {
    label: "direction",
    more: true,
    choices: { influence: "from the outputs", reference: "towards the outputs" },
  },
  queue: { label: "push order", more: true, choices: { fast: "FIFO", reference: "LIFO (published code)" } },
  seed: { label: "seed", more: true },
  normalization: {
    label: "edge weights",
    more: true,
    choices: {
      "global-sym": "global, symmetric",
      "global-rw": "global, row",
      "local-sym": "local, symmetric",
      "local-rw": "local, row",
    },
  },
});

export type PlanOption = keyof typeof PLAN_OPTIONS;
export type Method = ValueOf<(typeof PLAN_OPTIONS)["method"]>;

/** The table's entry as any entry. */
export const planOption = (name: PlanOption): OptionEntry => PLAN_OPTIONS[name] as OptionEntry;

const plain = (value: number) =>
  value.toLocaleString("en-US", Number.isInteger(value) ? {} : { maximumSignificantDigits: 6 });

/** The allowed range in words, for messages and hints. */
export function rangeOf({ above, min, max, below, whole }: NumberOption): string {
  if (min !== undefined && min === max) return plain(min);
  const low = above !== undefined ? `above ${plain(above)}` : `from ${plain(min ?? 0)}`;
  const up = above !== undefined ? "up " : "";
  const end = below ?? max;
  const high = end === undefined ? "" : ` ${up}to ${below !== undefined ? "below " : ""}${plain(end)}`;
  return `${whole ? "a whole number" : "a number"} ${low}${high}`;
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
