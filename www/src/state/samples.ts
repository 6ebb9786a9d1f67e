import type { PageState } from "./page-state.ts";
import { type Planted, plantedOf } from "./planted.ts";
import { plural } from "./words.ts";

/** A graph that the page brings along. */
export interface Sample {
  /** What a link calls it. */
  key: string;
  name: string;
  noun: string;
  /** What it is, in a line. */
  about: string;
  /** What it is made from, where it is not read from files. */
  planted?: Planted;
  /** File of the weights that come with it. */
  model?: string;
  /** What is set where a link says nothing else. */
  start: PageState;
}

/** Files beside this page; those that are made from a package may be missing. */
declare const SAMPLE_FILES: readonly string[];

function sample(
  key: string,
  name: string,
  noun: string,
  about: string,
  more: { model?: string; start?: PageState } = {},
): Sample {
  return {
    key,
    name,
    noun,
    about,
    model: more.model,
    start: more.start ?? {},
  };
}

/** The first is what a fresh page opens. */
const ALL: readonly Sample[] = [
  sample("cora", "Cora", "papers", "2,708 papers and their citations, 1,433 word features, 7 classes.", {
    model: "cora-gcn.safetensors",
  }),
  sample(
    "karate",
    "Karate club",
    "members",
    "34 members of a club that split, 78 friendships; the two leaders are known.",
  ),
  sample(
    "les-miserables",
    "Les Misérables",
    "characters",
    "77 characters of the novel and 254 pairs who meet, no features.",
  ),
  sample(
    "wordnet",
    "WordNet",
    "synsets",
    "117,791 word meanings (synsets) and 184,083 relations, 1,024 word features, 45 classes.",
    { start: { outputNodes: "val" } },
  ),
];

export const SAMPLES: readonly Sample[] = ALL.filter(({ key }) =>
  SAMPLE_FILES.includes(`${key}.safetensors`),
);

/**
 * From so many nodes on only the training nodes are planned at first: a plan of all of them takes a while.
 */
const MANY_NODES = 20_000;

function plantedSample(key: string): Sample | null {
  const planted = plantedOf(key);
  if (planted === null) return null;
  const name = `Synthetic graph of ${plural(planted.numNodes, "node")}`;
  const start: PageState = planted.numNodes > MANY_NODES ? { outputNodes: "train" } : {};
  return {
    key,
    name,
    noun: "nodes",
    about: "Stochastic block model with the settings below.",
    planted,
    start,
  };
}

/** The sample of that key, or the planted graph; the first sample where there is neither. */
export const sampleOf = (key: string | undefined): Sample =>
  SAMPLES.find((one) => one.key === key) ?? plantedSample(key ?? "") ?? SAMPLES[0]!;

/** How a link names a sample: the first not at all. */
export const linkName = (key: string): string => (key === SAMPLES[0]!.key ? "" : key);
