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
    help: "Undirected: an edge carries influence both ways. Directed: from its source to its target only. A file that states no direction is read as undirected, as in IBMB's published code.",
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
    help: "Edge weights, where the files have them: ignored, as in IBMB's published code, or used for influence and model.",
    choices: [
      ["ignore", "ignore"],
      ["use", "use"],
    ],
  },
  format: {
    kind: "choice",
    name: "format",
    label: "file format",
    default: "",
    help: "Format of the file, where the detected one is wrong",
    choices: [["", "detected from content"], ...FORMATS],
  },
  delimiter: {
    kind: "choice",
    name: "delimiter",
    label: "delimiter",
    default: "",
    help: "Character between the fields of a row",
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
    help: "Whether the first row holds the column names or the first edge",
    choices: [
      ["", ""],
      ["yes", "column names"],
      ["no", "first edge"],
    ],
  },
  source: column("source", "source", "Column with the source node of each edge"),
  target: column("target", "target", "Column with the target node of each edge"),
  weight: column("weight", "weight", "Column with the weight of each edge, used for influence and model"),
  ids: {
    kind: "choice",
    name: "ids",
    label: "node ids",
    default: "",
    help: "Integers from 0, or names that are numbered in order of appearance",
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
