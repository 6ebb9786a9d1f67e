/** Planted graphs as links name them: made again from seven numbers, the same everywhere. */
import type { PlantedGraphOptions, WorkOptions } from "ibmb";
import { SYNTHETIC } from "./generated/options.ts";

/** What a planted graph is made from. */
export type Planted = Required<Omit<PlantedGraphOptions, keyof WorkOptions>>;

/** In the order of links. */
export const PLANTED_NAMES = [
  "numNodes",
  "numDraws",
  "numClasses",
  "homophily",
  "seed",
  "numFeatures",
  "featureSignal",
] as const satisfies readonly (keyof Planted)[];

const PREFIX = "planted:";

/** `planted:1000,4000,4,0.8,1,100,0.2`. */
export const plantedKey = (planted: Planted): string =>
  PREFIX + PLANTED_NAMES.map((name) => planted[name]).join(",");

/** Reads what `plantedKey` writes; `null` for anything else. */
export function plantedOf(key: string): Planted | null {
  const values = key.startsWith(PREFIX) ? key.slice(PREFIX.length).split(",").map(Number) : [];
  const planted = Object.fromEntries(
    PLANTED_NAMES.map((name, i) => [name, values[i] ?? NaN]),
  ) as unknown as Planted;
  const inRange = PLANTED_NAMES.every((name) => {
    const { min, max, whole } = SYNTHETIC[name];
    return planted[name] >= min && planted[name] <= max && (!whole || Number.isInteger(planted[name]));
  });
  const fits = inRange && plantedProblem(planted) === null;
  return fits && plantedKey(planted) === key ? planted : null;
}

/** What does not go together, each number being in its own range. */
export function plantedProblem({
  numNodes,
  numClasses,
  numFeatures,
}: Planted): { name: keyof Planted; problem: string } | null {
  if (numNodes === 0 || numNodes % numClasses !== 0) {
    const near = Math.max(1, Math.round(numNodes / numClasses)) * numClasses;
    return {
      name: "numNodes",
      problem: `numNodes must be a multiple of the ${numClasses} classes, for example ${near}.`,
    };
  }
  if (numFeatures < numClasses)
    return {
      name: "numFeatures",
      problem: `numFeatures must be at least as many as the ${numClasses} classes.`,
    };
  return null;
}
