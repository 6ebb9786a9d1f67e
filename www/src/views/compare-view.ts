import "../components/choice-field.ts";
import "../components/progress-line.ts";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { accuracyChart, isWide, sizeChart } from "../components/compare-charts.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { asPicture, loadPlot, type PlotModule } from "../components/plot.ts";
import { followSize } from "../components/size.ts";
import { effectiveTheme, followTheme } from "../components/theme.ts";
import {
  type Comparison,
  comparedNodes,
  fastest,
  growth,
  NUM_FIXED,
  type Point,
  passesToPay,
  type Scaling,
  UP_TO,
  type UpTo,
} from "../state/comparison.ts";
import type { PlanSettings } from "../state/plan-settings.ts";
import { SHARES, type Share, settingWords, TOGETHER, type Together, wayName } from "../state/sweeps.ts";
import { count, millis, percent, plural } from "../state/words.ts";
import { REPEATS } from "../stores/comparing.ts";

/** Narrow charts have the names of the methods between their lines. */
const ACCURACY_HEIGHT = { wide: 260, narrow: 380 };
const SIZE_HEIGHT = { wide: 240, narrow: 320 };
const heightOf = (height: typeof ACCURACY_HEIGHT, width: number): number =>
  isWide(width) ? height.wide : height.narrow;
/** Methods whose settings are those of a plan. */
const PLANS: readonly string[] = ["node-wise", "batch-wise", "random", "cluster"];

/**
 * Inference methods side by side: accuracy against time on the open graph, time against size on synthetic
 * graphs.
 */
export class CompareView extends AppElement {
  static override styles = [
    shared,
    tableLooks,
    css`
    :host { height: 100%; overflow: auto; padding: 10px 14px; }
    .open { display: grid; grid-template-columns: minmax(0, 1fr) 260px; gap: 6px 20px; align-items: start; }
    .bar { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin-bottom: 6px; }
    .bar ibmb-choice-field { width: 250px; }
    .bar ibmb-progress { flex: 1 1 220px; }
    .chart { min-width: 0; min-height: 40px; }
    .point { border: 1px solid var(--line); border-radius: var(--radius); padding: 8px 10px; }
    .point dl { font-size: 12px; }
    section + section { margin-top: 14px; border-top: 1px solid var(--line); padding-top: 10px; }
    @media (max-width: 899px) { .open { grid-template-columns: minmax(0, 1fr); } }
  `,
  ];

  #plot: PlotModule | null = null;

  constructor() {
    super();
    followTheme(this);
    followSize(this, () => this.#draw());
  }

  protected stores() {
    return [this.app.comparing, this.app.modelling, this.app.data];
  }

  override render() {
    const { graph, comparing } = this.app;
    return html`<section aria-labelledby="open-title">
        <h2 id="open-title">Accuracy against time, on ${graph?.handle.name ?? "the open graph"}</h2>
        ${this.#controls()}
        ${
          comparing.comparison === null
            ? html`<p class="quiet small">Node-wise and batch-wise IBMB, random batches, Cluster-GCN, neighbour sampling, ShaDow, LADIES,
          GraphSAINT-RW and the full graph, with the same weights and outputs; each method is measured for several values of its main parameter. IBMB paper, inference figure.</p>`
            : this.#comparison(comparing.comparison)
        }
      </section>
      <section aria-labelledby="size-title">
        <h2 id="size-title">Time against the size of the graph</h2>
        ${this.#scaling()}
      </section>`;
  }

  #controls() {
    const { comparing, graph, modelling } = this.app;
    if (graph === null || graph.handle.numFeatures === 0 || modelling.model === null) {
      return html`<p id="lacks" class="quiet">${
        graph === null
          ? "Open a graph first."
          : graph.handle.numFeatures === 0
            ? "A model needs node features, and this graph has none."
            : "Load weights or train a model in the left panel: all inference methods use the same weights."
      }</p>`;
    }
    if (comparing.work.running) {
      return html`<div class="bar"><ibmb-progress label="preparing" .progress=${comparing.work.progress}></ibmb-progress>
        <button id="cancel" @click=${() => comparing.work.cancel()}>Cancel and keep the results so far</button></div>`;
    }
    const { words } = comparedNodes(graph, comparing.share);
    return html`<div class="bar">
      <ibmb-choice-field data-option="share" label="outputs" help="The nodes to predict. With few outputs, batches need only a small part of the graph; with all nodes as outputs they need most of it."
        .value=${comparing.share} .choices=${SHARES.map(([value, label]) => [value, `${label}: ${comparedNodes(graph, value).nodes.length.toLocaleString("en-US")} nodes`] as const)}
        @pick=${(event: CustomEvent<Share>) => comparing.set({ share: event.detail })}></ibmb-choice-field>
      <ibmb-choice-field data-option="together" label="batching" help="Small batches: an eighth of the outputs each, at least 32. One batch: all outputs share auxiliary nodes, which needs the most memory and may not fit on a large graph. Cluster-GCN uses its own parts."
        .value=${comparing.together} .choices=${TOGETHER} @pick=${(event: CustomEvent<Together>) => comparing.set({ together: event.detail })}></ibmb-choice-field>
      <button id="run" class="primary" ?disabled=${modelling.work.running || modelling.training?.running === true}
        @click=${() => void comparing.run(graph, modelling.model!, this.app.planning.settings)}>Compare on ${words}</button>
    </div>`;
  }

  #comparison(comparison: Comparison) {
    const { points, problems, planned, ended } = comparison;
    const chosen = this.#chosen();
    return html`<div class="open">
        <div class="chart" id="accuracy" @click=${this.#onClick}></div>
        ${chosen === null ? nothing : this.#point(comparison, chosen)}
      </div>
      <p class="small quiet" id="under">${comparison.weights} · ${comparison.outputs} · median of ${REPEATS} inference passes after warm-up, one worker; thin lines show the range · ${machine()}
        ${comparison.model === this.app.modelling.model?.handle ? nothing : html`<strong> · The current weights differ from the measured ones.</strong>`}
        ${ended && points.length < planned ? html` · ${count(points.length)} of ${plural(planned, "setting")} measured` : nothing}</p>
      ${problems.map((problem) => html`<p class="small bad break">${problem}</p>`)}
      ${this.#table(comparison)}`;
  }

  #point({ points, numOutputs, score, part }: Comparison, point: Point) {
    const exact = points.find(({ way }) => way === "full-graph") ?? null;
    const sampled = fastest(points, "neighbour-sampling", point.score);
    const isPlan = PLANS.includes(point.way);
    return html`<aside class="point stack" id="point" aria-label="The selected point" aria-live="polite">
      <h3>${wayName(point.way)}, ${point.label}</h3>
      <dl>
        <dt>${score}</dt><dd>${percent(point.score)}</dd>
        <dt>one inference pass</dt><dd>${range(point)}</dd>
        ${point.samplingMs > 0 ? html`<dt>of it sampling</dt><dd>${millis(point.samplingMs)}</dd>` : nothing}
        <dt>preparation</dt><dd>${millis(point.prepareMs)}</dd>
        <dt>nodes computed</dt><dd>${count(point.nodesComputed)} for ${plural(numOutputs, "output")}</dd>
      </dl>
      <p class="small" id="paid">${exact === null || point === exact ? nothing : payOff(point, exact, "full graph", score)}
        ${sampled === null || point.way === "neighbour-sampling" ? nothing : payOff(point, sampled, `neighbour sampling, ${sampled.label}`, score)}</p>
      ${
        isPlan
          ? html`<button id="use" @click=${() => this.#use(point, part)}>Use these settings</button>`
          : html`<p class="small quiet">Not a plan: this method has no fixed batches.</p>`
      }
    </aside>`;
  }

  #table({ points, score }: Comparison) {
    const { chosen } = this.app.comparing;
    return html`<details id="numbers"><summary class="small quiet">The numbers</summary>
      <div class="data" tabindex="0" role="group" aria-label="Points of the comparison"><table>
        <caption>Points of the comparison; select one for details</caption>
        <thead><tr>${["method", "settings", score, "one pass, median", "fastest", "slowest", "preparation", "nodes computed"].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${points.map(
          (point, i) => html`<tr data-way=${point.way}>
          <th scope="row"><button class="link" aria-current=${i === chosen ? "true" : nothing} @click=${() => this.app.comparing.choose(i)}>${wayName(point.way)}, ${point.label}</button></th>
          <td>${settingWords(point)}</td><td>${percent(point.score)}</td><td>${millis(point.timeMs)}</td><td>${millis(point.least)}</td><td>${millis(point.most)}</td>
          <td>${millis(point.prepareMs)}</td><td>${count(point.nodesComputed)}</td></tr>`,
        )}</tbody>
      </table></div></details>`;
  }

  #scaling() {
    const { comparing } = this.app;
    const { scaling, sizeWork } = comparing;
    const about = html`<p class="small quiet">${plural(NUM_FIXED, "output")} on synthetic graphs (stochastic block model) with 10 classes and 5 edges per node; one GCN with 2 layers of 64 units,
      trained on a graph of 10,000 nodes, in a separate engine · median of ${REPEATS} inference passes after warm-up · ${machine()}</p>`;
    const bar = sizeWork.running
      ? html`<div class="bar"><ibmb-progress label="starting an engine" .progress=${sizeWork.progress}></ibmb-progress>
          <button id="cancel-sizes" @click=${() => sizeWork.cancel()}>Cancel and keep the results so far</button></div>`
      : html`<div class="bar">
          <ibmb-choice-field data-option="upTo" label="graphs up to" help="Size of the largest synthetic graph. A million nodes take minutes and hundreds of megabytes; cancelling keeps the results so far."
            .value=${comparing.upTo} .choices=${UP_TO.map((value) => [value, `${count(Number(value))} nodes`] as const)}
            @pick=${(event: CustomEvent<UpTo>) => comparing.set({ upTo: event.detail })}></ibmb-choice-field>
          <button id="run-sizes" @click=${() => void comparing.runBySize()}>Measure by size</button></div>`;
    if (scaling === null) return html`${bar} ${about}`;
    const rows = scaling.points.map((p) => [
      `${count(p.numNodes)} nodes, ${wayName(p.way)}`,
      settingWords(p) || "–",
      percent(p.score),
      millis(p.timeMs),
      millis(p.prepareMs),
      count(p.nodesComputed),
    ]);
    return html`${bar}<div class="chart" id="sizes"></div>${this.#growth(scaling)}${about}
      ${scaling.problems.map((problem) => html`<p class="small bad break">${problem}</p>`)}
      ${dataTable("The numbers", "Time by size", ["graph and method", "settings", "accuracy", "one pass, median", "preparation", "nodes computed"], rows)}`;
  }

  /** Growth of time with the size of the graph, for node-wise batches and for the full graph. */
  #growth({ points }: Scaling) {
    const parts = (["node-wise", "full-graph"] as const).flatMap((way) => {
      const found = growth(points, way);
      return found === null
        ? []
        : [
            html`<strong>${wayName(way)}</strong>: one inference pass takes ${millis(found.to.timeMs)} on ${plural(found.to.numNodes, "node")} and ${millis(found.from.timeMs)} on ${count(found.from.numNodes)} (${found.time.toFixed(1)}×),
        and computes ${count(found.to.nodesComputed)} nodes instead of ${count(found.from.nodesComputed)}. `,
          ];
    });
    return parts.length === 0 ? nothing : html`<p class="small" id="growth">${parts}</p>`;
  }

  protected override updated(): void {
    const { comparison, scaling } = this.app.comparing;
    if (comparison === null && scaling === null) return;
    if (this.#plot !== null) return this.#draw();
    void loadPlot().then((plot) => {
      this.#plot = plot;
      this.#draw();
    });
  }

  #draw(): void {
    const Plot = this.#plot;
    if (Plot === null || !this.isConnected) return;
    const { comparison, scaling } = this.app.comparing;
    const theme = effectiveTheme();
    const put = (id: string, draw: (width: number) => Element | null) => {
      const place = this.renderRoot.querySelector(`#${id}`);
      if (place === null) return;
      const drawn = draw(Math.max(200, place.clientWidth));
      place.replaceChildren(...(drawn === null ? [] : [asPicture(drawn)]));
    };
    put("accuracy", (width) =>
      comparison === null || comparison.points.length === 0
        ? null
        : accuracyChart(
            Plot,
            comparison.points,
            this.#chosen(),
            comparison.score === "accuracy" ? "accuracy" : "agreement with the full graph",
            { width, height: heightOf(ACCURACY_HEIGHT, width), theme },
          ),
    );
    put("sizes", (width) =>
      scaling === null || scaling.points.length === 0
        ? null
        : sizeChart(Plot, scaling.points, {
            width: Math.min(width, 760),
            height: heightOf(SIZE_HEIGHT, width),
            theme,
          }),
    );
  }

  #chosen(): Point | null {
    const { comparison, chosen } = this.app.comparing;
    return chosen === null ? null : (comparison?.points[chosen] ?? null);
  }

  /** The point under the pointer, which Plot keeps as the chart's value. */
  readonly #onClick = (): void => {
    const plot = this.renderRoot.querySelector("#accuracy")?.firstElementChild as
      | (Element & { value?: Point | null })
      | null;
    const index = this.app.comparing.comparison?.points.indexOf(plot?.value as Point) ?? -1;
    if (index >= 0) this.app.comparing.choose(index);
  };

  /** Takes the settings of a point for the plan, whose outputs become the part that was compared on. */
  #use(point: Point, part: PlanSettings["outputNodes"]): void {
    const { planning } = this.app;
    for (const [name, value] of Object.entries({ ...point.options, outputNodes: part }))
      planning.set(name as keyof PlanSettings, value as never);
  }
}

/** Median time of a pass with its range. */
const range = ({ timeMs, least, most }: Point): string =>
  `${millis(timeMs)} (${millis(least)} – ${millis(most)})`;

/** A point against another one: both scores, both times, the ratio, and when the preparation pays off. */
function payOff(point: Point, other: Point, name: string, score: string) {
  const passes = passesToPay(point, other);
  const figures = `Against ${name}: ${score} ${percent(point.score)} and ${percent(other.score)}, one inference pass ${range(point)} and ${range(other)}`;
  if (passes === null)
    return html`${figures}: ${name} is at least as fast here, so the preparation does not pay off. `;
  const ratio = `${(other.timeMs / point.timeMs).toFixed(1)}×`;
  return html`${figures}: this setting is ${ratio} faster. Its preparation (${millis(point.prepareMs)}) pays off after <strong>${plural(passes, "pass", "passes")}</strong>. `;
}

/** Browser and number of cores, as far as the browser reports them. */
function machine(): string {
  const browser = /(Firefox|Edg|Chrome|Version)\/(\d+)/.exec(navigator.userAgent);
  const name =
    browser === null
      ? "this browser"
      : `${{ Edg: "Edge", Version: "Safari" }[browser[1]!] ?? browser[1]} ${browser[2]}`;
  return `${name}, ${plural(navigator.hardwareConcurrency, "core")}`;
}

customElements.define("ibmb-compare", CompareView);
