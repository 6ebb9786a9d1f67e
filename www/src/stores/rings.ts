import type { Batch, Neighbourhood } from "ibmb";
import type { OpenGraph } from "./data.ts";
import type { OpenPlan } from "./planning.ts";
import { takenTogether, type PlanSettings } from "./plan-settings.ts";
import { Store } from "./store.ts";
import { placeIn } from "./view.ts";
import { Work } from "./work.ts";
import { count, percent, plural, shorten } from "./words.ts";

/** What is in the middle, and by which settings. */
export interface RingsQuestion {
  graph: OpenGraph;
  plan: OpenPlan;
  batch: Batch;
  index: number;
  /** The output in the middle; `null` for all outputs of the batch. */
  focus: number | null;
  settings: PlanSettings;
}

/** Nodes that are drawn at most; how many there are is stated. */
export const MOST_DRAWN = 600;
/** Around one output so many are listed, chosen or not, so that nothing moves while k does. */
const AROUND_ONE = 72;
const LEFT_OUT = 24;
const LEFT_OUT_OF_ALL = 60;
const NO_WAY = 0xffffffff;

/** Whether the rings follow alpha, eps and k at once. Where outputs choose together, or influence is measured otherwise, they follow the plan. */
export const isLive = (settings: PlanSettings): boolean =>
  settings.measure === "ppr" && settings.queue === "fast" && !takenTogether(settings.method);

/** The neighbourhood of an output or of a batch. Under a slider the question at hand is answered, then the latest; another middle puts an end to it. */
export class RingsStore extends Store {
  focus: number | null = null;
  around: Neighbourhood | null = null;
  /** The question that `around` answers. */
  answered: RingsQuestion | null = null;
  problem: string | null = null;
  readonly work = new Work(() => this.changed());
  /** Called when the engine ended over a question. */
  onCrash: (error: unknown) => void = () => {};
  #asked: RingsQuestion | null = null;
  /** The question that is being answered. */
  #asking: RingsQuestion | null = null;

  /** Puts an output of the batch in the middle, or all of them. */
  centre(output: number | null): void {
    this.focus = output;
    this.changed();
  }

  /** Asks, unless it is what was asked last. */
  ask(question: RingsQuestion | null): void {
    const asked = this.#asked;
    if (question === asked) return;
    this.#asked = question;
    if (question !== null && asked !== null && same(question, asked)) {
      // The same answer, seen from a batch of a newer plan.
      if (this.answered !== asked || question.batch === asked.batch) return;
      this.answered = question;
      return this.changed();
    }
    // What is seen stays until there is something newer, but not over another graph.
    if (question === null || this.answered?.graph !== question.graph) this.around = this.answered = null;
    if (question === null) this.work.cancel();
    else if (!this.work.running || this.#asking === null || !sameMiddle(question, this.#asking))
      void this.#answer(question);
  }

  async #answer(question: RingsQuestion): Promise<void> {
    const { graph, plan, batch, index, focus, settings } = question;
    this.problem = null;
    this.#asking = question;
    try {
      const around = await this.work.run((work) => {
        const outputs = focus === null ? batch.outputNodes : Uint32Array.of(focus);
        if (!isLive(settings))
          return plan.handle.neighbourhood(index, {
            outputs,
            leftOut: focus === null ? LEFT_OUT_OF_ALL : LEFT_OUT,
            ...work,
          });
        const leftOut = focus === null ? LEFT_OUT_OF_ALL : Math.max(LEFT_OUT, AROUND_ONE - settings.topK);
        return graph.handle.neighbourhood(outputs, {
          alpha: settings.alpha,
          eps: settings.eps,
          k: settings.topK,
          leftOut,
          ...work,
        });
      });
      if (around === null) return;
      this.around = around;
      this.answered = this.#asked !== null && same(question, this.#asked) ? this.#asked : question;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "worker_crashed") this.onCrash(error);
      // What was replaced in the meantime has nothing to say.
      if (code !== "disposed" && this.#asked === question)
        this.problem = error instanceof Error ? error.message : String(error);
    }
    const asked = this.#asked;
    if (asked !== null && this.#asking === question && !same(question, asked)) return this.#answer(asked);
    this.changed();
  }
}

/** Outputs in the middle are the same ones; plans that are made of other settings often keep them. */
const sameMiddle = (a: RingsQuestion, b: RingsQuestion): boolean =>
  a.graph === b.graph &&
  a.focus === b.focus &&
  (a.batch === b.batch ||
    a.focus !== null ||
    (a.batch.outputNodes.length === b.batch.outputNodes.length &&
      a.batch.outputNodes.every((node, i) => node === b.batch.outputNodes[i])));

/** Both have one answer. */
function same(a: RingsQuestion, b: RingsQuestion): boolean {
  if (!sameMiddle(a, b) || isLive(a.settings) !== isLive(b.settings)) return false;
  if (!isLive(a.settings)) return a.plan === b.plan;
  return (
    a.settings.alpha === b.settings.alpha &&
    a.settings.eps === b.settings.eps &&
    a.settings.topK === b.settings.topK
  );
}

/** The numbers of an answer that its sentence and its marks need. */
export interface RingsFigures {
  /** Places in the answer that are drawn, the strongest first. */
  drawn: number[];
  numChosen: number;
  /** Chosen nodes without any influence on the middle. */
  numIdle: number;
  /** Nodes that could be drawn. */
  numListed: number;
  /** Place of the node that the last step of k brought in; -1 when there is none. */
  newest: number;
}

export function ringsFigures(around: Neighbourhood, question: RingsQuestion): RingsFigures {
  const { nodes, isChosen, scores, hop, rank } = around;
  const all = [...nodes.keys()];
  const seen = all.filter((i) => scores[i]! > 0 || hop[i] === 0);
  const newest =
    question.focus === null || !isLive(question.settings) ? -1 : rank.indexOf(question.settings.topK);
  return {
    drawn: seen.slice(0, MOST_DRAWN),
    numListed: seen.length,
    newest: newest >= 0 && isChosen[newest] ? newest : -1,
    numChosen: all.filter((i) => isChosen[i] && hop[i] !== 0).length,
    numIdle: all.length - seen.length,
  };
}

/** Edges by their share of all steps of a walk from the middle, the greatest first; `null` where flow is not known. */
export function edgeShares(
  around: Neighbourhood,
  { settings, plan }: RingsQuestion,
): { from: number; to: number; share: number }[] | null {
  if (around.flow === null) return null;
  const { alpha } = isLive(settings) ? settings : plan.settings;
  const perStep = alpha < 1 ? alpha / (1 - alpha) / around.sources.length : 0;
  return Array.from(around.flow, (flow, e) => ({
    from: around.edges[2 * e]!,
    to: around.edges[2 * e + 1]!,
    share: flow * perStep,
  })).sort((a, b) => b.share - a.share);
}

/** What the rings show. */
export function ringsSentence(rings: RingsStore, nameOf: (node: number) => string): string {
  const { around, answered, problem } = rings;
  if (problem !== null) return problem;
  if (around === null || answered === null) return "Looking around…";
  const { drawn, numChosen, numIdle, numListed, newest } = ringsFigures(around, answered);
  const left =
    around.numLeftOut === 0
      ? "; nothing with influence is left out."
      : `; ${plural(around.numLeftOut, "more node has", "more nodes have")} some and ${around.numLeftOut === 1 ? "is" : "are"} left out ◌.`;
  const listedLeft = drawn.filter((i) => around.isChosen[i] === 0).length;
  const hidden =
    around.numLeftOut > listedLeft && numListed === drawn.length
      ? ` The strongest ${count(listedLeft)} of these are drawn.`
      : "";
  const limited =
    drawn.length < numListed
      ? ` Drawn are the ${count(drawn.length)} strongest of ${count(numListed)} listed.`
      : "";
  const held = percent(around.capturedMass);
  if (answered.focus !== null) {
    const name = shorten(nameOf(answered.focus), 60);
    const idle =
      numIdle > 0 ? ` ${count(numIdle)} nodes of the batch have no influence on it and are not drawn.` : "";
    const last =
      newest < 0 || around.nodes[newest] === answered.focus
        ? ""
        : ` Number ${count(around.rank[newest]!)} is ${shorten(nameOf(around.nodes[newest]!), 40)} with ${percent(around.scores[newest]!, 2)}.`;
    return `${name} ● in the middle, and ${plural(numChosen, "node")} chosen with it: together ${held} of the influence on it${left}${hidden}${limited}${idle}${last}`;
  }
  const { outputNodes } = answered.batch;
  return `${plural(outputNodes.length, "output")} ● of batch ${answered.index} in the middle, and ${plural(numChosen, "node")} ▲ chosen with them: together ${held} of the influence on them${left}${hidden}${limited}`;
}

/** A node in the rings, in pixels. */
export interface RingMark {
  /** Place in the neighbourhood. */
  at: number;
  node: number;
  x: number;
  y: number;
  r: number;
  kind: "output" | "auxiliary" | "left";
  /** Strength by the logarithm of the score, 0..1. */
  shade: number;
}

export interface RingsPicture {
  size: number;
  rings: { radius: number; label: string }[];
  /** Where the captured mass is drawn. */
  outer: number;
  marks: RingMark[];
  /** Thin before thick; of many, those of about the same width are one path. */
  lines: { path: string; width: number }[];
}

const MARGIN = 22;
/** Part of the radius that the circle of several outputs takes: more for many. */
const INNER = { few: 0.2, many: 0.6, at: 300 };
const THICKEST = 7;
const THINNEST = 0.3;
/** Lines that are drawn one by one. */
const MOST_LINES = 400;
/** Rings closer than this many pixels have no room for a label. */
const LABEL_ROOM = 15;

/** Marks and lines of an answer on a square: rings by steps, directions as the engine gives them, areas by score, thickness by flow. */
export function picture(
  around: Neighbourhood,
  question: RingsQuestion,
  drawn: readonly number[],
  size: number,
): RingsPicture {
  const outer = size / 2 - MARGIN + 8;
  const reach = size / 2 - MARGIN - 10;
  const steps = drawn.map((i) => around.hop[i]!);
  const last = Math.max(1, ...steps.filter((hop) => hop !== NO_WAY));
  const hasStrays = steps.includes(NO_WAY);
  const numSources = around.sources.length;
  const inner =
    numSources > 1 ? INNER.few + (INNER.many - INNER.few) * Math.min(1, numSources / INNER.at) : 0;
  const numRings = last + (hasStrays ? 1 : 0);
  const radius = (hop: number) => reach * (inner + ((1 - inner) * Math.min(hop, numRings)) / numRings);
  const others = drawn
    .filter((i) => around.hop[i] !== 0 || around.sources.length > 1)
    .map((i) => around.scores[i]!);
  const most = Math.max(...others, Number.MIN_VALUE);
  const least = Math.min(...others.filter((score) => score > 0), most);
  const largest = Math.max(3.5, Math.min(13, (0.3 * size) / Math.sqrt(drawn.length + 1)));
  // Marks side by side in the middle overlap by half at most.
  const inMiddle = numSources > 1 ? Math.max(1.3, (1.5 * Math.PI * radius(0)) / numSources) : largest;
  const place = (i: number) => {
    const angle = 2 * Math.PI * around.turn[i]! - Math.PI / 2;
    const alone = around.sources.length === 1 && around.hop[i] === 0;
    const r = alone ? 0 : radius(around.hop[i]!);
    return { x: size / 2 + r * Math.cos(angle), y: size / 2 + r * Math.sin(angle) };
  };
  const marks = drawn.map((i): RingMark => {
    const node = around.nodes[i]!;
    const share = Math.min(1, around.scores[i]! / most);
    const inBatch = placeIn(question.batch, node);
    const isOutput = around.hop[i] === 0 || (inBatch >= 0 && question.batch.isOutput[inBatch] === 1);
    const r = Math.max(1.6, largest * Math.sqrt(share));
    return {
      at: i,
      node,
      ...place(i),
      r: around.hop[i] === 0 ? Math.min(r, inMiddle) : r,
      kind: around.isChosen[i] === 0 ? "left" : isOutput ? "output" : "auxiliary",
      shade:
        most > least
          ? Math.max(0, Math.log(Math.max(around.scores[i]!, least) / least) / Math.log(most / least))
          : 1,
    };
  });
  const at = new Map(marks.map((mark) => [mark.node, mark]));
  const flows = around.flow ?? new Float64Array(around.edges.length / 2);
  const thickest = Math.max(1.2, Math.min(THICKEST, (1.1 * size) / drawn.length));
  const strongest = flows.reduce((high, flow) => Math.max(high, flow), 0);
  const lines: RingsPicture["lines"] = [];
  flows.forEach((flow, e) => {
    const [a, b] = [at.get(around.edges[2 * e]!), at.get(around.edges[2 * e + 1]!)];
    if (a === undefined || b === undefined) return;
    const width = strongest > 0 ? Math.max(THINNEST, (thickest * flow) / strongest) : 1;
    lines.push({ path: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`, width });
  });
  const rings = Array.from({ length: numRings }, (_, i) => ({
    radius: radius(i + 1),
    label:
      (reach * (1 - inner)) / numRings < LABEL_ROOM ? "" : i + 1 > last ? "no way" : plural(i + 1, "hop"),
  }));
  return {
    size,
    rings,
    outer,
    marks,
    lines: (lines.length > MOST_LINES ? joined(lines) : lines).sort((a, b) => a.width - b.width),
  };
}

/** Lines of about the same width as one: a browser draws twenty paths faster than a thousand. */
function joined(lines: RingsPicture["lines"]): RingsPicture["lines"] {
  const byWidth = new Map<number, string[]>();
  for (const { path, width } of lines) {
    const about = Math.max(THINNEST, Math.round(width * 4) / 4);
    const paths = byWidth.get(about);
    if (paths === undefined) byWidth.set(about, [path]);
    else paths.push(path);
  }
  return [...byWidth].map(([width, paths]) => ({ path: paths.join(""), width }));
}
