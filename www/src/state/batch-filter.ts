import type { BatchColumn, Unit } from "./batch-columns.ts";

/** Which batches a filter keeps, or what is wrong with its text. */
export type Filter = { keeps: (batch: number) => boolean } | { problem: string };

const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|×|x|ms|s|kb|mb|b)?`;
const COMPARED = new RegExp(String.raw`^([\p{L}]+)\s*(<=|>=|!=|<|>|=|≤|≥)\s*${NUMBER}$`, "iu");
const RANGE = new RegExp(String.raw`^(?:([\p{L}]+)\s*)?${NUMBER}\s*(?:\.\.|–)\s*${NUMBER}$`, "iu");
const WHOLE = /^\d+$/;

/** What an ending makes of a number; the first of each unit stands where there is none. */
const ENDINGS: Record<Unit, Record<string, number>> = {
  count: { "": 1 },
  share: { "": 0.01, "%": 0.01 },
  ratio: { "": 1, "×": 1, x: 1 },
  ms: { "": 1, ms: 1, s: 1000 },
  bytes: { "": 1, b: 1, kb: 1e3, mb: 1e6 },
};

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  "≤": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "≥": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** Help below the filter field. */
export const FILTER_HELP =
  "Conditions separated by commas; a batch is shown when it meets all of them. A condition is a column, one of < > <= >= = != and a number as in the table (aux > 300, captured < 90 %, time > 2 ms), a column and a range (edges 100..200), batch numbers (7, 10..20), or the name of the most frequent class (theory). The first letters of a column name are enough.";

/** Reads a filter. `namesOf` gives the most frequent class of a batch in words, where there are labels. */
export function readFilter(
  text: string,
  columns: readonly BatchColumn[],
  namesOf: ((batch: number) => string) | null,
): Filter {
  const tests: ((batch: number) => boolean)[] = [];
  for (const part of text
    .split(/,|\band\b/i)
    .map((one) => one.trim())
    .filter(Boolean)) {
    const read = readPart(part, columns, namesOf);
    if ("problem" in read) return read;
    tests.push(read.keeps);
  }
  return { keeps: (batch) => tests.every((test) => test(batch)) };
}

function readPart(
  part: string,
  columns: readonly BatchColumn[],
  namesOf: ((batch: number) => string) | null,
): Filter {
  if (WHOLE.test(part)) return { keeps: (batch) => batch === Number(part) };
  const compared = COMPARED.exec(part);
  if (compared !== null) {
    const [, name, sign, number, ending] = compared as unknown as [string, string, string, string, string?];
    return onColumn(name, columns, (column) => {
      const bound = scaled(column, number, ending);
      return typeof bound === "string"
        ? { problem: bound }
        : {
            keeps: (batch) =>
              !Number.isNaN(column.value(batch)) && COMPARE[sign]!(column.value(batch), bound),
          };
    });
  }
  const range = RANGE.exec(part);
  if (range !== null) {
    const [, name = "batch", from, fromEnding, to, toEnding] = range as unknown as [
      string,
      string?,
      string?,
      string?,
      string?,
      string?,
    ];
    return onColumn(name, columns, (column) => {
      // `2..5 ms` means ms at both ends.
      const [low, high] = [scaled(column, from!, fromEnding ?? toEnding), scaled(column, to!, toEnding)];
      if (typeof low === "string" || typeof high === "string")
        return { problem: String(typeof low === "string" ? low : high) };
      return { keeps: (batch) => column.value(batch) >= low && column.value(batch) <= high };
    });
  }
  if (/[<>=≤≥]|\.\./.test(part))
    return { problem: `“${part}” is not a condition: write a column, a sign and a number, as in aux > 300.` };
  if (namesOf === null)
    return {
      problem: `“${part}” is not a condition, and this graph has no classes to search for: write a column, a sign and a number, as in aux > 300.`,
    };
  const wanted = part.toLowerCase();
  return { keeps: (batch) => namesOf(batch).toLowerCase().includes(wanted) };
}

function onColumn(
  name: string,
  columns: readonly BatchColumn[],
  make: (column: BatchColumn) => Filter,
): Filter {
  const word = name.toLowerCase();
  const exact = columns.filter((column) => column.name === word || column.formerName === word);
  const found = exact.length > 0 ? exact : columns.filter((column) => column.name.startsWith(word));
  if (found.length === 1) return make(found[0]!);
  const which = found.length === 0 ? columns : found;
  return {
    problem: `“${name}” ${found.length === 0 ? "is not a column" : "matches several columns"}: write ${which.map((column) => column.name).join(", ")}.`,
  };
}

function scaled(column: BatchColumn, number: string, ending = ""): number | string {
  const endings = ENDINGS[column.unit];
  const factor = endings[ending.toLowerCase()];
  // A product with 0.01 may lie beside the share: 95 times that is above 0.95.
  if (factor !== undefined)
    return factor < 1 ? Number(number) / Math.round(1 / factor) : Number(number) * factor;
  const allowed = Object.keys(endings).filter(Boolean);
  return `“${number} ${ending}”: ${column.name} ${allowed.length === 0 ? "is a plain number" : `is in ${allowed.join(", ")}`}.`;
}
