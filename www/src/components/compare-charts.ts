import { classColours, css as cssColour, type Theme } from "../state/colour.ts";
import type { Point, SizePoint } from "../state/comparison.ts";
import { isIbmb, settingWords, shortName, WAYS, type Way, wayName } from "../state/sweeps.ts";
import { count, millis, percent } from "../state/words.ts";
import { dotOf, type Placed, placeLabels, SIDES, type Spot } from "./labels.ts";
import { PLOT_CLASS, type PlotModule } from "./plot.ts";

/** A triangle on its tip; Plot has none. */
const TIP = {
  draw(
    context: { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void; closePath(): void },
    size: number,
  ): void {
    const y = Math.sqrt(size / (Math.sqrt(3) * 3));
    context.moveTo(0, 2 * y);
    context.lineTo(Math.sqrt(3) * y, -y);
    context.lineTo(-Math.sqrt(3) * y, -y);
    context.closePath();
  },
};

const SYMBOLS = ["circle", "square", "triangle", "diamond", "cross", "star", "wye", TIP, "hexagon"];

/** A colour for each way; yellow, the sixth of them, is left out, and the full graph has the ink. */
function colours(theme: Theme): Record<Way, string> {
  const wheel = classColours(9, theme)
    .filter((_, i) => i !== 6)
    .map(cssColour);
  return Object.fromEntries(
    WAYS.map(([way], i) => [way, way === "full-graph" ? "var(--ink)" : wheel[[0, 5, 2, 3, 1, 4, 6, 7][i]!]]),
  ) as Record<Way, string>;
}

/** Text of a point under the pointer. */
export function pointWords(point: Point): string {
  const sampling = point.samplingMs > 0 ? `, ${millis(point.samplingMs)} of it sampling` : "";
  return [
    `${wayName(point.way)}, ${point.label}`,
    `${percent(point.score)} · ${millis(point.timeMs)} per pass (${millis(point.least)} to ${millis(point.most)})${sampling}`,
    `${count(point.nodesComputed)} nodes computed · ${millis(point.prepareMs)} preparation`,
    ...settingWords(point).split(" · "),
  ].join("\n");
}

/** Times are drawn on a logarithmic axis, where there is no nought. */
const drawable = (ms: number): number => Math.max(ms, 0.001);

const timeTicks = (ms: number): string => (ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toPrecision(1))} ms`);

/**
 * Round values between the least and the greatest: 1, 2 and 5 of every decade, or 1 alone where they span
 * more than two.
 */
function roundTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = high / low > 100 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => 10 ** (first + i),
  );
  return decades
    .flatMap((decade) => steps.map((step) => step * decade))
    .filter((tick) => tick >= low && tick <= high);
}

/** The name of a way beside the chart. */
interface Name {
  way: Way;
  y: number;
}

/**
 * Names of the ways right of the chart, each as high as its last point, or as near as leaves a line for every
 * name. `up` and `down` turn values into shares of the height and back.
 */
function names<P extends Point>(
  points: readonly P[],
  height: number,
  value: (point: P) => number,
  up: (y: number) => number,
  down: (share: number) => number,
): Name[] {
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

/** How a chart's values lie on its area, in pixels. */
interface Area<P> {
  x(point: P): number;
  y(point: P): number;
  width: number;
  height: number;
}

/** Where a value of a logarithmic axis lies between two pixels. */
const logarithmic =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]) =>
  (value: number): number =>
    from + (Math.log(value / low) / Math.log(high / low)) * (to - from);

/**
 * Parameters beside the points, those of the chosen way first; on narrow charts the names of the ways before
 * them. A parameter that finds no room stays in the table, `unnamed` are the ways that found none.
 */
function labels<P extends Point>(
  Plot: PlotModule,
  points: readonly P[],
  first: Way | null,
  area: Area<P>,
  data: { x(point: P): number; y(point: P): number },
  colour: Record<Way, string>,
) {
  const { width, height } = area;
  const wide = isWide(width);
  const spot = (item: P, text: string) => ({ item, text, x: area.x(item), y: area.y(item) });
  const ways = WAYS.map(([way]) => way).sort((a, b) => Number(b === first) - Number(a === first));
  const lines = ways
    .map((way) => points.filter((point) => point.way === way))
    .filter((line) => line.length > 0);
  const named = wide
    ? []
    : lines.map((line) => line.toReversed().map((point) => spot(point, shortName(point.way))));
  // A parameter that is the same all along is told once.
  const valued = lines.map((line) =>
    (line.every(({ label }) => label === line[0]!.label) ? [line.at(-1)!] : line).map((point) =>
      spot(point, point.label),
    ),
  );
  const chosen = valued.filter(([head]) => head!.item.way === first).flat();
  const within = {
    left: MARGIN_LEFT,
    right: wide ? width - MARGIN_NAMES : width - 2,
    top: MARGINS.marginTop - 6,
    bottom: height - MARGINS.marginBottom,
  };
  const alone = (spots: readonly Spot<P>[]) => spots.map((one) => [one]);
  // Every line has one before any but the chosen one has more.
  const placed = placeLabels(
    [...named, ...alone(chosen), ...valued, ...alone(valued.flat())],
    points.map((point) => dotOf(spot(point, ""))),
    within,
  );
  const marks = SIDES.map((side) =>
    Plot.text(
      placed.filter((label) => label.side === side),
      {
        x: ({ item }) => data.x(item),
        y: ({ item }) => data.y(item),
        dx: side.dx,
        dy: side.dy,
        textAnchor: side.anchor,
        text: "text",
        className: "label",
        fill: ({ item }: Placed<P>) => `color-mix(in oklab, ${colour[item.way]} 40%, var(--ink))`,
        stroke: "var(--panel)",
        strokeWidth: 3,
      },
    ),
  );
  const unnamed = named
    .map(([head]) => head!.item.way)
    .filter((way) => !placed.some(({ text }) => text === shortName(way)));
  return { marks, unnamed };
}

/** Names that found no room at their lines, one below the other under the chart. */
function unnamedMarks(Plot: PlotModule, unnamed: readonly Way[], colour: Record<Way, string>) {
  return unnamed.flatMap((way, i) => [
    Plot.dot([way], {
      frameAnchor: "bottom-left",
      dx: 6,
      dy: MARGINS.marginBottom + i * NAME_LINE,
      symbol: () => way,
      r: 3.5,
      fill: () => colour[way],
    }),
    Plot.text([shortName(way)], {
      frameAnchor: "bottom-left",
      dx: 14,
      dy: MARGINS.marginBottom + i * NAME_LINE + 3,
      className: "label",
      fill: "var(--ink)",
    }),
  ]);
}

function nameMarks(Plot: PlotModule, list: readonly Name[], colour: Record<Way, string>) {
  return [
    Plot.dot(list, {
      frameAnchor: "right",
      y: "y",
      dx: 12,
      symbol: "way",
      r: 3.5,
      fill: (n: Name) => colour[n.way],
    }),
    Plot.text(list, {
      frameAnchor: "right",
      y: "y",
      dx: 20,
      text: (n: Name) => wayName(n.way),
      textAnchor: "start",
      fill: "var(--ink)",
    }),
  ];
}

interface Drawn {
  width: number;
  height: number;
  theme: Theme;
}

const MARGINS = { marginTop: 26, marginBottom: 34 };
/** From the axis to its label. */
const LABEL_OFFSET = 31;
const NAME_LINE = 14;
const MARGIN_LEFT = 52;
const MARGIN_NAMES = 142;
const MARGIN_NARROW = 16;
/** Whether there is room for the names of the ways beside the chart. */
export const isWide = (width: number): boolean => width > 400;
const inner = (height: number): number => height - MARGINS.marginTop - MARGINS.marginBottom;

const marginOf = (width: number): number => (isWide(width) ? MARGIN_NAMES : MARGIN_NARROW);

/** What both charts have; names below them come on top of the height. */
function frame(width: number, height: number, unnamed: readonly Way[]) {
  const below = unnamed.length * NAME_LINE;
  return {
    className: PLOT_CLASS,
    width,
    height: height + below,
    ...MARGINS,
    marginBottom: MARGINS.marginBottom + below,
    marginLeft: MARGIN_LEFT,
    marginRight: marginOf(width),
    color: { type: "identity" },
    symbol: { domain: WAYS.map(([way]) => way), range: SYMBOLS },
  } as const;
}

/** Accuracy against the time of a pass; the full graph is a cross-hair. */
export function accuracyChart(
  Plot: PlotModule,
  points: readonly Point[],
  chosen: Point | null,
  what: string,
  { width, height, theme }: Drawn,
) {
  const colour = colours(theme);
  const exact = points.find(({ way }) => way === "full-graph");
  const lines = points.filter(({ way }) => way !== "full-graph");
  const x = (point: Point) => drawable(point.timeMs);
  const scores = points.map(({ score }) => score);
  const [least, greatest] = [Math.min(...scores), Math.max(...scores)];
  // Room for labels above and below.
  const [low, high] = [
    Math.max(0, least - Math.max(0.02, (greatest - least) * 0.08)),
    Math.min(1, greatest + Math.max(0.02, (greatest - least) * 0.14)),
  ];
  const wide = isWide(width);
  const marginRight = marginOf(width);
  const times = points.flatMap((point) => [drawable(point.least), drawable(point.most)]);
  const domain = [Math.min(...times) / 1.05, Math.max(...times) * 1.05] as const;
  const across = logarithmic(domain, [MARGIN_LEFT, width - marginRight]);
  const area = {
    x: (point: Point) => across(x(point)),
    y: (point: Point) => MARGINS.marginTop + ((high - point.score) / (high - low)) * inner(height),
    width,
    height,
  };
  const { marks, unnamed } = labels(
    Plot,
    lines,
    chosen?.way ?? null,
    area,
    { x, y: (point) => point.score },
    colour,
  );
  return Plot.plot({
    ...frame(width, height, unnamed),
    ariaLabel: `${what} against the time of one inference pass`,
    x: {
      type: "log",
      label: "time of one inference pass →",
      labelOffset: LABEL_OFFSET,
      tickFormat: timeTicks,
      ticks: roundTicks(times),
      domain,
    },
    y: { label: `↑ ${what}`, grid: true, tickFormat: ".0%", ticks: 5, domain: [low, high] },
    marks: [
      ...(exact
        ? [
            Plot.ruleY([exact.score], {
              stroke: colour["full-graph"],
              strokeDasharray: "4 3",
              strokeWidth: 1,
            }),
            Plot.ruleX([x(exact)], { stroke: colour["full-graph"], strokeDasharray: "4 3", strokeWidth: 1 }),
            Plot.text([exact], {
              x,
              text: () => "Full graph",
              frameAnchor: "top",
              dy: -14,
              fill: "var(--ink)",
            }),
          ]
        : []),
      Plot.line(lines, {
        x,
        y: "score",
        z: "way",
        stroke: (p: Point) => colour[p.way],
        strokeWidth: (p: Point) => (isIbmb(p.way) ? 2.2 : 1.2),
      }),
      Plot.ruleY(lines, {
        x1: (p: Point) => drawable(p.least),
        x2: (p: Point) => drawable(p.most),
        y: "score",
        stroke: (p: Point) => colour[p.way],
        strokeOpacity: 0.6,
        strokeWidth: 1,
      }),
      Plot.dot(points, {
        x,
        y: "score",
        symbol: "way",
        r: 4,
        fill: (p: Point) => colour[p.way],
        stroke: "var(--panel)",
        strokeWidth: 0.8,
      }),
      ...(chosen === null
        ? []
        : [Plot.dot([chosen], { x, y: "score", r: 9, stroke: "var(--ink)", strokeWidth: 1.5 })]),
      ...marks,
      ...unnamedMarks(Plot, unnamed, colour),
      ...(wide
        ? nameMarks(
            Plot,
            names(
              lines,
              inner(height),
              (p) => p.score,
              (y) => (y - low) / (high - low),
              (share) => low + share * (high - low),
            ),
            colour,
          )
        : []),
      Plot.tip(
        points,
        Plot.pointer({ x, y: "score", title: pointWords, fill: "var(--raised)", stroke: "var(--line)" }),
      ),
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
  const wide = isWide(width);
  const marginRight = marginOf(width);
  const down = logarithmic(
    [Math.exp(low), Math.exp(high)],
    [height - MARGINS.marginBottom, MARGINS.marginTop],
  );
  const across =
    sizes.length < 2
      ? () => (MARGIN_LEFT + width - marginRight) / 2
      : logarithmic([sizes[0]!, sizes.at(-1)!], [MARGIN_LEFT, width - marginRight]);
  const area = {
    x: (point: SizePoint) => across(point.numNodes),
    y: (point: SizePoint) => down(y(point)),
    width,
    height,
  };
  const { marks, unnamed } = labels(Plot, points, null, area, { x: (point) => point.numNodes, y }, colour);
  return Plot.plot({
    ...frame(width, height, unnamed),
    ariaLabel: "Time of one inference pass against the size of the graph",
    x: {
      type: "log",
      label: "nodes of the graph →",
      labelOffset: LABEL_OFFSET,
      tickFormat: count,
      ticks: wide ? sizes : [sizes[0]!, sizes.at(-1)!],
    },
    y: {
      type: "log",
      label: "↑ time of one inference pass",
      grid: true,
      tickFormat: timeTicks,
      ticks: roundTicks(times),
      domain: [Math.exp(low), Math.exp(high)],
    },
    marks: [
      Plot.line(points, {
        x: "numNodes",
        y,
        z: "way",
        stroke: (p: SizePoint) => colour[p.way],
        strokeWidth: (p: SizePoint) => (isIbmb(p.way) ? 2.2 : 1.2),
      }),
      Plot.ruleX(points, {
        x: "numNodes",
        y1: (p: SizePoint) => drawable(p.least),
        y2: (p: SizePoint) => drawable(p.most),
        stroke: (p: SizePoint) => colour[p.way],
        strokeOpacity: 0.6,
      }),
      Plot.dot(points, {
        x: "numNodes",
        y,
        symbol: "way",
        r: 4,
        fill: (p: SizePoint) => colour[p.way],
        stroke: "var(--panel)",
        strokeWidth: 0.8,
      }),
      ...marks,
      ...unnamedMarks(Plot, unnamed, colour),
      ...(wide
        ? nameMarks(
            Plot,
            names(
              points,
              inner(height),
              y,
              (ms) => (Math.log(ms) - low) / (high - low),
              (share) => Math.exp(low + share * (high - low)),
            ),
            colour,
          )
        : []),
      Plot.tip(
        points,
        Plot.pointer({
          x: "numNodes",
          y,
          title: (p: SizePoint) => `${count(p.numNodes)} nodes\n${pointWords(p)}`,
          fill: "var(--raised)",
          stroke: "var(--line)",
        }),
      ),
    ],
  });
}
