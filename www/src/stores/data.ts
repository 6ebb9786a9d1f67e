import type { Client, InputFile } from "ibmb";
import type { OpenGraph, Source } from "../state/graph.ts";
import { Neighbours } from "../state/neighbours.ts";
import { READING_DEFAULTS, type Reading, readOptions } from "../state/reading.ts";
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

/** A table of which the user is asked how it is read. */
export interface AskedTable {
  source: Source;
  /** The one of its files. */
  file: InputFile;
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

  /** Puts a graph on show, or none. */
  show(graph: OpenGraph | null): void {
    this.graph = graph;
    this.changed();
  }

  /** Takes another split of the open graph; says whether it is another. */
  takeSplit(split: string): boolean {
    const { graph } = this;
    if (graph === null || graph.split === split) return false;
    // The graph stays the same one: what is kept for it stays too.
    (graph as { split: string | null }).split = split;
    this.changed();
    return true;
  }

  /** The open files are to be read in another way. */
  want(reading: Reading): void {
    this.wanted = reading;
    this.changed();
  }

  /** The files were read, or could not be; a later wish stays. */
  settle(reading: Reading): void {
    if (this.wanted === reading) this.wanted = null;
    this.changed();
  }

  ask(asked: AskedTable | null): void {
    this.asked = asked;
    this.changed();
  }

  /**
   * Reads files; the graph at hand stays until the new one is whole. The split is the first where there is
   * none of that name. `null` when cancelled.
   */
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
