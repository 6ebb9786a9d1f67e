import type { Client, GraphHandle, InputFile } from "ibmb";
import { Neighbours } from "./neighbours.ts";
import type { Planted } from "./planted.ts";
import { READING_DEFAULTS, readOptions, type Reading } from "./reading.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

const DONE_MS = 5000;

/** A message to the user. Errors stay until they are closed or replaced. */
export interface Notice {
  kind: "error" | "done";
  text: string;
  /** Ways out, each a button. */
  offers?: readonly Offer[];
}

/** A way out of what went wrong. */
export interface Offer {
  id: string;
  label: string;
  take(): Promise<void>;
}

/** Where a graph comes from: enough to read it again. */
export interface Source {
  files: readonly InputFile[];
  /** Default: from the files. */
  name?: string;
  noun?: string;
  /** Key of a sample of the page or of a planted graph, which a link can name. */
  sample?: string;
  /** What the graph is made from in place of files. */
  planted?: Planted;
  /** Where on the web its file was, which a link can name too. */
  address?: string;
}

/** A table of which the user is asked how it is read. */
export interface AskedTable {
  source: Source;
  /** The one of its files. */
  file: InputFile;
  reading: Reading;
}

/** The open graph with what the page derives from it once. */
export interface OpenGraph {
  handle: GraphHandle;
  /** Pairs of ids. */
  edges: Uint32Array;
  neighbours: Neighbours;
  /** What its nodes are called in sentences. */
  noun: string;
  /** Split that `train`, `val` and `test` refer to. */
  split: string | null;
  source: Source;
  /** How the files were read. */
  reading: Reading;
}

/** The graph: what is open, what is being read, what went wrong. */
export class DataStore extends Store {
  graph: OpenGraph | null = null;
  notice: Notice | null = null;
  asked: AskedTable | null = null;
  /** How the open files are being read again, while they are. */
  wanted: Reading | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly work = new Work(() => this.changed());

  say(notice: Notice | null): void {
    this.notice = notice;
    this.changed();
    clearTimeout(this.#timer);
    if (notice?.kind === "done") this.#timer = setTimeout(() => this.say(null), DONE_MS);
  }

  ask(asked: AskedTable | null): void {
    this.asked = asked;
    this.changed();
  }

  /** Reads files; the graph at hand stays until the new one is whole. The split is the first where there is none of that name. `null` when cancelled. */
  async read(
    client: Client,
    source: Source,
    reading: Reading = READING_DEFAULTS,
    split: string | null = null,
  ): Promise<OpenGraph | null> {
    return this.work.run(
      async (work) => {
        const handle =
          source.planted === undefined
            ? await client.openGraph(source.files, { ...work, name: source.name, ...readOptions(reading) })
            : await client.plantedGraph({ ...work, ...source.planted });
        const edges = await handle.edges();
        return {
          handle,
          edges,
          neighbours: new Neighbours(handle.numNodes, edges),
          noun: source.noun ?? "nodes",
          split: split !== null && split in handle.splits ? split : (Object.keys(handle.splits)[0] ?? null),
          source,
          reading,
        };
      },
      (late) => late.handle.dispose(),
    );
  }

  nameOf(node: number): string {
    return this.graph?.handle.nodeNames?.[node] ?? `node ${node}`;
  }
}

/** How many nodes of a split's part there are; 0 without splits. */
export function partSize(graph: OpenGraph, part: "train" | "val" | "test"): number {
  return graph.split === null ? 0 : graph.handle.splits[graph.split]![part].length;
}

/** How many outputs a plan of these nodes has. */
export const numOutputs = (graph: OpenGraph, outputs: "all" | "train" | "val" | "test"): number =>
  outputs === "all" ? graph.handle.numNodes : partSize(graph, outputs);
