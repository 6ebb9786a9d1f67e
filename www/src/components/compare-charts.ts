import { classColours, css as cssColour, type Theme } from "../core/colour.ts";
import type { Point, SizePoint } from "../core/comparing.ts";
import { isIbmb, settingWords, WAYS, wayName, type Way } from "../core/sweeps.ts";
import { count, millis, percent } from "../core/words.ts";
import { PLOT_CLASS, type PlotModule } from "./plot.ts";

const SYMBOLS = ["circle", "square", "triangle", "diamond", "cross", "star", "wye", "hexagon"];

/** A colour for each way; yellow, the sixth of them, is left out, and the full graph has the ink. */
function colours(theme: Theme): Record<Way, string> {
  const wheel = classColours(9, theme).filter((_, i) => i !== 6).map(cssColour);
  return Object.fromEntries(WAYS.map(([way], i) => [way, way === "full-graph" ? "var(--ink)" : wheel[[0, 5, 2, 3, 1, 4, 6][i]!]])) as Record<Way, string>;
}

/** What a point tells under the pointer. */
export function pointWords(point: Point): string {
  const sampling = point.samplingMs > 0 ? `, ${millis(point.samplingMs)} of it drawing` : "";
  return [
    `${wayName(point.way)}, ${point.label}`, `${percent(point.score)} · ${millis(point.timeMs)} a pass (${millis(point.least)} to ${millis(point.most)})${sampling}`,
    `${count(point.nodesComputed)} nodes computed · ${millis(point.prepareMs)} preparation`, ...settingWords(point).split(" · "),
  ].join("\n");
}

/** Times are drawn on a logarithmic axis, where there is no nought. */
const drawable = (ms: number): number => Math.max(ms, 0.001);

const timeTicks = (ms: number): string => (ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toPrecision(1))} ms`);

/** Round values between the least and the greatest: 1, 2 and 5 of every decade, or 1 alone where they span more than two. */
function roundTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = high / low > 100 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
  return decades.flatMap((decade) => steps.map((step) => step * decade)).filter((tick) => tick >= low && tick <= high);
}

/** The name of a way beside the chart. */
interface Name {
  way: Way;
  y: number;
}

/**
 * Names of the ways right of the chart, each as high as its last point, or as near as leaves a line for every name.
 * `up` and `down` turn values into shares of the height and back.
 */
function names<P extends Point>(points: readonly P[], height: number, value: (point: P) => number, up: (y: number) => number, down: (share: number) => number): Name[] {
  const line = 13 / height;
  const last = WAYS.flatMap(([way]) => {
    const own = points.filter((point) => point.way === way);
    return own.length === 0 ? [] : [{ way, share: up(value(own.at(-1)!)) }];
  }).sort((a, b) => b.share - a.share);
  let ceiling = 1;
  for (const name of last) {
    name.share = Math.min(name.share, ceiling);
    ceiling = name.share - line;
  }
  // What fell below the frame pushes the others up again.
  let floor = 0;
  for (const name of last.toReversed()) {
    name.share = Math.max(name.share, floor);
    floor = name.share + line;
  }
  return last.map(({ way, share }) => ({ way, y: down(share) }));
}

function nameMarks(Plot: PlotModule, list: readonly Name[], colour: Record<Way, string>) {
  return [
    Plot.dot(list, { frameAnchor: "right", y: "y", dx: 12, symbol: "way", r: 3.5, fill: (n: Name) => colour[n.way] }),
    Plot.text(list, { frameAnchor: "right", y: "y", dx: 20, text: (n: Name) => wayName(n.way), textAnchor: "start", fill: "var(--ink)" }),
  ];
}

interface Drawn {
  width: number;
  height: number;
  theme: Theme;
}

const MARGINS = { marginTop: 26, marginBottom: 34 };
const inner = (height: number): number => height - MARGINS.marginTop - MARGINS.marginBottom;

/** Accuracy against the time of a pass; the full graph is a cross-hair. */
export function accuracyChart(Plot: PlotModule, points: readonly Point[], chosen: Point | null, what: string, { width, height, theme }: Drawn) {
  const colour = colours(theme);
  const exact = points.find(({ way }) => way === "full-graph");
  const lines = points.filter(({ way }) => way !== "full-graph");
  const x = (point: Point) => drawable(point.timeMs);
  const scores = points.map(({ score }) => score);
  const [low, high] = [Math.max(0, Math.min(...scores) - 0.03), Math.min(1, Math.max(...scores) + 0.02)];
  const wide = width > 400;
  return Plot.plot({
    ...MARGINS, className: PLOT_CLASS, width, height, marginLeft: 46, marginRight: wide ? 142 : 16, ariaLabel: `${what} against the time of a pass`,
    x: { type: "log", label: "time of a pass →", tickFormat: timeTicks, ticks: roundTicks(points.flatMap(({ least, most }) => [drawable(least), drawable(most)])) },
    y: { label: `↑ ${what}`, grid: true, tickFormat: ".0%", ticks: 5, domain: [low, high] },
    symbol: { domain: WAYS.map(([way]) => way), range: SYMBOLS },
    marks: [
      ...(exact ? [
        Plot.ruleY([exact.score], { stroke: colour["full-graph"], strokeDasharray: "4 3", strokeWidth: 1 }),
        Plot.ruleX([x(exact)], { stroke: colour["full-graph"], strokeDasharray: "4 3", strokeWidth: 1 }),
        Plot.text([exact], { x, text: () => "Full graph", frameAnchor: "top", dy: -14, fill: "var(--ink)" }),
      ] : []),
      Plot.line(lines, { x, y: "score", z: "way", stroke: (p: Point) => colour[p.way], strokeWidth: (p: Point) => (isIbmb(p.way) ? 2.2 : 1.2) }),
      Plot.ruleY(lines, { x1: (p: Point) => drawable(p.least), x2: (p: Point) => drawable(p.most), y: "score", stroke: (p: Point) => colour[p.way], strokeOpacity: 0.6, strokeWidth: 1 }),
      Plot.dot(points, { x, y: "score", symbol: "way", r: 4, fill: (p: Point) => colour[p.way], stroke: "var(--panel)", strokeWidth: 0.8 }),
      ...(chosen === null ? [] : [Plot.dot([chosen], { x, y: "score", r: 9, stroke: "var(--ink)", strokeWidth: 1.5 })]),
      ...(chosen === null || chosen === exact ? [] : [Plot.text(lines.filter(({ way }) => way === chosen.way), {
        x, y: "score", text: (p: Point) => p.label, dy: 14, fill: "var(--ink)", stroke: "var(--panel)", strokeWidth: 3,
      })]),
      ...(wide ? nameMarks(Plot, names(lines, inner(height), (p) => p.score, (y) => (y - low) / (high - low), (share) => low + share * (high - low)), colour) : []),
      Plot.tip(points, Plot.pointer({ x, y: "score", title: pointWords, fill: "var(--raised)", stroke: "var(--line)" })),
    ],
  });
}

/** Time of a pass against the number of nodes. */
export function sizeChart(Plot: PlotModule, points: readonly SizePoint[], { width, height, theme }: Drawn) {
  const colour = colours(theme);
  const y = (point: SizePoint) => drawable(point.timeMs);
  const times = points.flatMap(({ least, most }) => [drawable(least), drawable(most)]);
  const [low, high] = [Math.log(Math.min(...times)), Math.log(Math.max(...times) * 1.2)];
  const sizes = [...new Set(points.map(({ numNodes }) => numNodes))];
  const wide = width > 400;
  return Plot.plot({
    ...MARGINS, className: PLOT_CLASS, width, height, marginLeft: 58, marginRight: wide ? 142 : 16, ariaLabel: "Time of a pass against the size of the graph",
    x: { type: "log", label: "nodes of the graph →", tickFormat: count, ticks: wide ? sizes : [sizes[0]!, sizes.at(-1)!] },
    y: { type: "log", label: "↑ time of a pass", grid: true, tickFormat: timeTicks, ticks: roundTicks(times), domain: [Math.exp(low), Math.exp(high)] },
    symbol: { domain: WAYS.map(([way]) => way), range: SYMBOLS },
    marks: [
      Plot.line(points, { x: "numNodes", y, z: "way", stroke: (p: SizePoint) => colour[p.way], strokeWidth: (p: SizePoint) => (isIbmb(p.way) ? 2.2 : 1.2) }),
      Plot.ruleX(points, { x: "numNodes", y1: (p: SizePoint) => drawable(p.least), y2: (p: SizePoint) => drawable(p.most), stroke: (p: SizePoint) => colour[p.way], strokeOpacity: 0.6 }),
      Plot.dot(points, { x: "numNodes", y, symbol: "way", r: 4, fill: (p: SizePoint) => colour[p.way], stroke: "var(--panel)", strokeWidth: 0.8 }),
      ...(wide ? nameMarks(Plot, names(points, inner(height), y, (ms) => (Math.log(ms) - low) / (high - low), (share) => Math.exp(low + share * (high - low))), colour) : []),
      Plot.tip(points, Plot.pointer({ x: "numNodes", y, title: (p: SizePoint) => `${count(p.numNodes)} nodes\n${pointWords(p)}`, fill: "var(--raised)", stroke: "var(--line)" })),
    ],
  });
}
