/** Prints rows of figures, each beside its peer and, where it has one, its limit. */
export function printRows(rows) {
  for (const { name, value, unit, peer, ratio, measure, limit } of rows) {
    console.log(
      `${name}\n  ${value.toPrecision(3)} ${unit}, ${ratio.toFixed(measure ? 3 : 1)} times as ${measure ?? "fast"} as ${peer}`,
    );
    if (limit)
      console.log(
        `  ${(limit.share * 100).toFixed(0)} % of ${limit.value.toPrecision(3)} ${unit}, ${limit.name}`,
      );
  }
}

/** The middle value, of an even number the upper. */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
