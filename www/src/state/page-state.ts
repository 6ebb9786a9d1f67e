/**
 * Everything that a user has set, as one small object: undo, the address and a shared link hold nothing else.
 */

/** A text for every field that is not as on a fresh page. */
export type PageState = Readonly<Record<string, string>>;

/** Characters of a value that an address can bear. */
const MOST_CHARACTERS = 6000;

/** Keys whose values are too long for an address. */
export const tooLong = (state: PageState): string[] =>
  Object.keys(state).filter((key) => state[key]!.length > MOST_CHARACTERS);

/** The part of an address after `#`, without what is too long for it. */
export function encodeState(state: PageState): string {
  const left = new Set(tooLong(state));
  return new URLSearchParams(Object.entries(state).filter(([key]) => !left.has(key))).toString();
}

/** Reads what `encodeState` writes. */
export const decodeState = (hash: string): PageState =>
  Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));

export const sameState = (a: PageState, b: PageState): boolean => changedKeys(a, b).length === 0;

/** Keys in which two states differ. */
export const changedKeys = (a: PageState, b: PageState): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]).sort();
