import type { OpenGraphOptions } from "ibmb";
import { FORMATS } from "./generated/options.ts";
import type { ChoiceOption, NumberOption, ValueOf } from "./options.ts";

/** A column by its number from 0; without one it is guessed. */
const column = (name: string, label: string, help: string) =>
  ({
    kind: "number",
    name,
    label,
    help,
    default: null,
    min: 0,
    max: 9999,
    whole: true,
  }) as const satisfies NumberOption;

/** How files are read: what the data panel asks for, and of a table its columns. A choice that is empty is guessed. */
export const READING_OPTIONS = {
  directed: {
    kind: "choice",
    name: "directed",
    label: "direction",
    default: "as-said",
    help: "Whether an edge carries influence both ways, or from its source to its target only. A file that says nothing is read both ways, as in IBMB's published code.",
    choices: [
      ["as-said", "from file"],
      ["no", "undirected"],
      ["yes", "directed"],
    ],
  },
  weights: {
    kind: "choice",
    name: "weights",
    label: "weights",
    default: "ignore",
    help: "Weights of edges where the files have them: left alone, as in IBMB's published code, or used for influence and model alike.",
    choices: [
      ["ignore", "ignore them"],
      ["use", "use them"],
    ],
  },
  format: {
    kind: "choice",
    name: "format",
    label: "read as",
    default: "",
    help: "What the file is, where its content is taken for something else",
    choices: [["", "by its content"], ...FORMATS],
  },
  delimiter: {
    kind: "choice",
    name: "delimiter",
    label: "delimiter",
    default: "",
    help: "What separates the fields of a row",
    choices: [
      ["", ""],
      ["tab", "tab"],
      ["semicolon", "semicolon ;"],
      ["comma", "comma ,"],
      ["blanks", "blanks"],
    ],
  },
  header: {
    kind: "choice",
    name: "header",
    label: "first row",
    default: "",
    help: "Whether the first row names the columns",
    choices: [
      ["", ""],
      ["yes", "names the columns"],
      ["no", "is an edge"],
    ],
  },
  source: column("source", "source", "Where an edge begins"),
  target: column("target", "target", "Where an edge ends"),
  weight: column("weight", "weight", "Weight of every edge, used for influence and model alike"),
  ids: {
    kind: "choice",
    name: "ids",
    label: "ids are",
    default: "",
    help: "Numbers from 0, or names in order of appearance",
    choices: [
      ["", ""],
      ["integers", "integers"],
      ["names", "names"],
    ],
  },
} as const satisfies Record<string, ChoiceOption | NumberOption>;

/** How files are read. */
export type Reading = { [Name in keyof typeof READING_OPTIONS]: ValueOf<(typeof READING_OPTIONS)[Name]> };

export const READING_NAMES = Object.keys(READING_OPTIONS) as (keyof Reading)[];

export const READING_DEFAULTS = Object.fromEntries(
  READING_NAMES.map((name) => [name, READING_OPTIONS[name].default]),
) as unknown as Readonly<Reading>;

/** The package's options for a table. */
export function tableOptions({
  format,
  delimiter,
  header,
  source,
  target,
  weight,
  ids,
}: Reading): Pick<OpenGraphOptions, "format" | "edgeList"> {
  const said = Object.entries({
    delimiter,
    header: header === "" ? "" : header === "yes",
    source,
    target,
    weight,
    ids,
  }).filter(([, value]) => value !== "" && value !== null);
  return {
    ...(format === "" ? {} : { format }),
    ...(said.length === 0 ? {} : { edgeList: Object.fromEntries(said) }),
  };
}

/** The package's options; what the files say themselves is left to them. */
export const readOptions = (reading: Reading): OpenGraphOptions => ({
  weights: reading.weights,
  ...(reading.directed === "as-said" ? {} : { directed: reading.directed === "yes" }),
  ...tableOptions(reading),
});

export const sameReading = (a: Reading, b: Reading): boolean =>
  READING_NAMES.every((name) => a[name] === b[name]);
