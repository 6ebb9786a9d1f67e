/** Selected nodes and filters as short texts. */

import { categoriesOf, type Filters, KINDS, type OnShow, toggled } from "./categories.ts";

/** A whole number in `0..end`. */
export const indexOf = (text: string, end: number): number | null =>
  /^\d{1,9}$/.test(text) && Number(text) < end ? Number(text) : null;

/** Ascending ids as the steps from one to the next, in base 36. */
export const idsText = (ids: Uint32Array): string =>
  [...ids].map((id, i) => (id - (i === 0 ? 0 : ids[i - 1]!)).toString(36)).join(".");

/** Reads what `idsText` writes; `null` for anything else. */
export function idsOf(text: string, end: number): Uint32Array | null {
  if (text === "") return new Uint32Array(0);
  const ids: number[] = [];
  for (const step of text.split(".")) {
    const id = (ids.at(-1) ?? 0) + (/^[0-9a-z]{1,6}$/.test(step) ? parseInt(step, 36) : NaN);
    if (!(id < end) || (ids.length > 0 && id === ids.at(-1))) return null;
    ids.push(id);
  }
  return Uint32Array.from(ids);
}

/** `class:0.3_split:1`: the groups that are kept bright. */
export const filtersText = (filters: Filters): string =>
  Object.entries(filters)
    .map(([kind, groups]) => `${kind}:${groups.join(".")}`)
    .join("_");

export function filtersOf(text: string, page: OnShow): { value: Filters } | { problem: string } {
  let value: Filters = {};
  for (const part of text === "" ? [] : text.split("_")) {
    const [, name, groups] = /^(\w+):([\d.]+)$/.exec(part) ?? [];
    const kind = KINDS.find((one) => one === name);
    const length = kind === undefined ? 0 : (categoriesOf(page, kind)?.length ?? 0);
    for (const group of groups?.split(".") ?? [""]) {
      const index = indexOf(group, length);
      if (kind === undefined || index === null)
        return { problem: `filter ${part.slice(0, 40)} names an unknown group of nodes.` };
      if (!value[kind]?.includes(index)) value = toggled(value, kind, index);
    }
  }
  return { value };
}
