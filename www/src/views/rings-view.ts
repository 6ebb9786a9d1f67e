import "../components/number-field.ts";
import type { Neighbourhood } from "ibmb";
import { css, html, nothing, svg } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { AppElement, shared } from "../components/base.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { sign } from "../components/signs.ts";
import { effectiveTheme, followTheme } from "../components/theme.ts";
import { picture, type RingMark, type RingsPicture } from "../render/rings-picture.ts";
import { memberOf } from "../state/batch-members.ts";
import { batchColour, css as cssColour, scoreColour } from "../state/colour.ts";
import { PLAN_OPTIONS } from "../state/options.ts";
import type { OpenPlan } from "../state/plan.ts";
import { edgeShares, isLive, type RingsQuestion, ringsFigures } from "../state/rings.ts";
import { count, percent, plural, score, shorten } from "../state/words.ts";
import { segments } from "./segments.ts";

const NO_WAY = 0xffffffff;
const SLIDERS = ["alpha", "eps", "topK"] as const;

/**
 * The neighbourhood of an output or a batch: rings by hops, nodes that were selected and left out, the flow
 * between.
 */
export class RingsView extends AppElement {
  static override properties = { ...AppElement.properties, size: { state: true }, cursor: { state: true } };
  /** Side of the square that is drawn on, in pixels. */
  declare size: number;
  /** Node that the keyboard is on. */
  declare cursor: number | null;
  #watch: ResizeObserver | null = null;
  #plan: OpenPlan | null = null;
  /** The answer as it was drawn last. */
  #drawn: {
    around: Neighbourhood;
    answered: RingsQuestion;
    size: number;
    newest: number;
    picture: RingsPicture;
  } | null = null;

  static override styles = [
    shared,
    tableLooks,
    css`
    :host { display: block; container-type: size; background: var(--paper); }
    .rings { display: grid; grid-template: "controls field" auto "below field" minmax(0, 1fr) / 200px minmax(0, 1fr); height: 100%; overflow: auto; }
    .controls { grid-area: controls; display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; padding: 10px 0 0 12px; justify-items: start; }
    .controls > :not(.segments) { width: 100%; }
    .segments { display: flex; border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; background: var(--panel); max-width: 100%; }
    .segments button { border: 0; border-radius: 0; background: none; max-width: 16em; overflow: hidden; text-overflow: ellipsis; }
    .segments button + button { border-left: 1px solid var(--line); }
    .segments button[aria-pressed="true"] { background: var(--wash); color: var(--accent); font-weight: 600; }
    .segments button:focus-visible { outline-offset: -2px; }
    .field { grid-area: field; position: relative; min-height: 0; min-width: 0; display: grid; place-items: center; overflow: hidden; }
    svg { display: block; }
    svg:focus-visible { outline-offset: -3px; }
    .ring { fill: none; stroke: var(--line); }
    .hops { fill: var(--quiet); font-size: 11px; text-anchor: middle; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
    .arc { fill: none; stroke-width: 5px; }
    .arc.captured { stroke: var(--accent); }
    .arc.left { stroke: var(--control); stroke-dasharray: 1.5 4; stroke-width: 3px; }
    .arc.rest { stroke: var(--line); stroke-width: 2px; }
    .flow { fill: none; stroke: var(--quiet); stroke-opacity: 0.45; }
    .mark { cursor: pointer; }
    .mark .left { fill: var(--paper); stroke: var(--quiet); stroke-dasharray: 1.6 1.6; }
    .mark .output { stroke: var(--ink); }
    .mark .auxiliary { stroke: var(--paper); stroke-width: 0.6px; }
    .halo { fill: none; stroke: var(--accent); stroke-width: 2px; }
    .halo.newest { stroke-dasharray: 5 3; }
    .halo.cursor { stroke: var(--ink); stroke-width: 1.5px; }
    .below { grid-area: below; padding: 10px 0 8px 12px; min-height: 0; overflow: auto; scrollbar-width: thin; }
    .below p + details { margin-top: 6px; }
    .wait { position: absolute; }
    progress { position: absolute; inset: 0 0 auto; opacity: 0; animation: appear 1ms linear 50ms forwards; }
    @keyframes appear { to { opacity: 1; } }
    @media (prefers-reduced-motion: reduce) { progress { opacity: 1; } }
    @container (max-width: 620px) {
      .rings { grid-template: "controls" auto "field" minmax(230px, 1fr) "below" auto / minmax(0, 1fr); }
      .controls { grid-template-columns: auto minmax(0, 1fr); gap: 8px 14px; padding: 8px 8px 0; align-items: end; }
      .below { padding: 0 8px 8px; }
      .fine { display: none; }
    }
  `,
  ];

  constructor() {
    super();
    followTheme(this);
    this.size = 0;
    this.cursor = null;
  }

  protected stores() {
    const { view, planning, data, rings } = this.app;
    return [view, planning, data, rings];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => {
      const field = this.renderRoot.querySelector<HTMLElement>(".field");
      if (field === null || !this.isConnected) return;
      this.#watch?.disconnect();
      this.#watch = new ResizeObserver(
        () => (this.size = Math.max(0, Math.min(field.clientWidth, field.clientHeight))),
      );
      this.#watch.observe(field);
    });
  }

  /** An output that is selected is what the rings begin with. */
  protected override firstUpdated(): void {
    const { node } = this.app.view;
    if (node !== null) this.#centre(node);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.disconnect();
    this.#watch = null;
    this.app.rings.ask(null);
  }

  protected override updated(): void {
    const { graph, plan, planning, view, rings } = this.app;
    if (!this.isConnected) return;
    if (graph === null || plan === null || view.batch === null) return rings.ask(null);
    const regrouped = this.#plan !== plan;
    this.#plan = plan;
    if (rings.focus !== null && !memberOf(view.batch, rings.focus)?.isOutput) {
      // A new plan may predict the output in another batch, which then comes along; another batch of this
      // plan takes the middle.
      const home = plan.handle.batchOf[rings.focus]!;
      if (home === view.batchIndex) return;
      return home < 0 || !regrouped ? rings.centre(null) : void this.app.selection.selectBatch(home);
    }
    const settings = Object.keys(planning.drafts).length > 0 ? plan.settings : planning.settings;
    rings.ask({ graph, plan, batch: view.batch, index: view.batchIndex, focus: rings.focus, settings });
  }

  override render() {
    const { graph, plan, rings } = this.app;
    const { around, answered } = rings;
    const shown = around !== null && answered !== null && graph !== null && plan !== null && this.size > 80;
    if (
      shown &&
      (this.#drawn?.around !== around || this.#drawn.answered !== answered || this.#drawn.size !== this.size)
    ) {
      const { drawn, newest } = ringsFigures(around, answered);
      this.#drawn = {
        around,
        answered,
        size: this.size,
        newest,
        picture: picture(around, answered, drawn, this.size),
      };
    }
    const drawn = shown ? this.#drawn : null;
    return html`<div class="rings">${this.#controls()}
      <div class="field">${
        drawn === null
          ? html`<p class="quiet wait">${rings.problem ?? (plan?.handle.numBatches === 0 ? "This plan has no batch." : "Computing the neighbourhood…")}</p>`
          : // Progress and what else is told of on the way leave the marks alone.
            guard(
              [
                drawn,
                plan,
                this.app.view.node,
                this.app.view.batchIndex,
                this.cursor,
                effectiveTheme(),
                this.app.data.graph,
              ],
              () => this.#svg(drawn.picture, drawn.newest),
            )
      }
        ${rings.work.running ? html`<progress aria-label="computing the neighbourhood" .value=${rings.work.progress?.done ?? 0} .max=${rings.work.progress?.total || 1}></progress>` : nothing}</div>
      <div class="below">${shown ? this.#below() : nothing}</div></div>`;
  }

  #controls() {
    const { planning, rings, view, data } = this.app;
    const { batch, node } = view;
    const candidate = batch !== null && node !== null && memberOf(batch, node)?.isOutput ? node : rings.focus;
    const choices: [string, string][] = [["batch", `Batch ${view.batchIndex}`]];
    if (candidate !== null) choices.push([String(candidate), shorten(data.nameOf(candidate), 24)]);
    if (rings.focus !== null && rings.focus !== candidate)
      choices.push([String(rings.focus), shorten(data.nameOf(rings.focus), 24)]);
    const live = isLive(planning.settings);
    return html`<div class="controls">
      ${segments("In the middle", choices, rings.focus === null ? "batch" : String(rings.focus), (value) => rings.centre(value === "batch" ? null : Number(value)))}
      ${
        live
          ? SLIDERS.map(
              (
                name,
              ) => html`<ibmb-number-field class=${name === "topK" ? "" : "fine"} data-option=${name} .option=${PLAN_OPTIONS[name]} .value=${planning.value(name)}
            .draft=${planning.drafts[name]} @pick=${(event: CustomEvent<string>) => planning.setNumber(PLAN_OPTIONS[name], event.detail)}></ibmb-number-field>`,
            )
          : html`<p class="small quiet">These rings follow the plan: ${planning.settings.measure === "ppr" ? "nodes are selected for all outputs of a batch together, or in the published push order" : "flow along edges is computed for PageRank only, so all lines have the same width"}.</p>`
      }
    </div>`;
  }

  #svg({ size, rings, outer, marks, lines }: RingsPicture, newest: number) {
    const middle = size / 2;
    const { around } = this.app.rings;
    const { capturedMass, reachedMass } = around!;
    const theme = effectiveTheme();
    // A part of the turn, from the top.
    const piece = (from: number, to: number) => {
      const point = (turn: number) =>
        `${middle + outer * Math.sin(2 * Math.PI * turn)} ${middle - outer * Math.cos(2 * Math.PI * turn)}`;
      return to - from < 1e-6
        ? ""
        : `M ${point(from)} A ${outer} ${outer} 0 ${to - from > 0.5 ? 1 : 0} 1 ${point(Math.min(to, from + 0.99999))}`;
    };
    const cursor = this.#cursorMark(marks);
    return html`<svg width=${size} height=${size} viewBox="0 0 ${size} ${size}" tabindex="0" role="listbox"
        aria-label="Nodes in rings, the strongest first. Left and right move to the previous and next node, Enter selects it, C puts an output in the middle."
        aria-activedescendant=${cursor === null ? nothing : `m${cursor.node}`} @keydown=${(event: KeyboardEvent) => this.#onKey(event, marks)} @blur=${() => (this.cursor = null)}>
      <g role="presentation" aria-hidden="true">
        ${rings.map(({ radius }) => svg`<circle class="ring" cx=${middle} cy=${middle} r=${radius} />`)}
        ${lines.map(({ path, width }) => svg`<path class="flow" d=${path} stroke-width=${width} />`)}
        <path class="arc rest" d=${piece(Math.min(reachedMass, 1), 1)} />
        <path class="arc left" d=${piece(capturedMass, reachedMass)} />
        <path class="arc captured" id="arc" data-share=${capturedMass} d=${piece(0, capturedMass)} />
      </g>
      ${repeat(
        marks,
        ({ node }) => node,
        (mark) => this.#mark(mark, theme),
      )}
      <g role="presentation" aria-hidden="true" pointer-events="none">
        ${rings.map(({ radius, label }) => svg`<text class="hops" x=${middle} y=${middle - radius + 4}>${label}</text>`)}
        ${marks.filter(({ at }) => at === newest).map(({ x, y, r }) => svg`<circle class="halo newest" cx=${x} cy=${y} r=${r + 6} />`)}
        ${marks.filter(({ node }) => node === this.app.view.node).map(({ x, y, r }) => svg`<circle class="halo" cx=${x} cy=${y} r=${r + 4} />`)}
        ${cursor === null ? nothing : svg`<circle class="halo cursor" cx=${cursor.x} cy=${cursor.y} r=${cursor.r + 7} />`}
      </g>
    </svg>`;
  }

  #mark(mark: RingMark, theme: "light" | "dark") {
    const { app } = this;
    const { node, x, y, r, kind, shade } = mark;
    const home = app.plan!.handle.batchOf[node] ?? -1;
    const words = this.#words(mark);
    const fill =
      kind === "auxiliary"
        ? cssColour(scoreColour(shade, theme))
        : kind === "output"
          ? cssColour(batchColour(app.plan!.hues[home < 0 ? app.view.batchIndex : home] ?? 0, theme))
          : "";
    const shape =
      kind === "auxiliary"
        ? svg`<polygon class="auxiliary" points="0,${-r * 1.25} ${r * 1.1},${r * 0.75} ${-r * 1.1},${r * 0.75}" fill=${fill} />`
        : kind === "output"
          ? svg`<circle class="output" r=${r} stroke-width=${Math.min(1.2, 0.3 * r)} fill=${fill} />`
          : svg`<circle class="left" r=${Math.max(2.4, r)} />`;
    return svg`<g class="mark" id="m${node}" role="option" aria-selected=${app.view.node === node ? "true" : "false"} aria-label=${words} transform="translate(${x} ${y})"
      data-node=${node} data-kind=${kind} @click=${() => app.selection.selectNode(node)} @dblclick=${() => this.#centre(node)}><title>${words}</title>${shape}</g>`;
  }

  #words({ at, node, kind }: RingMark): string {
    const around = this.app.rings.around!;
    const role = kind === "output" ? "output" : kind === "auxiliary" ? "auxiliary node" : "left out";
    const steps =
      around.hop[at] === 0
        ? "in the middle"
        : around.hop[at] === NO_WAY
          ? "no path"
          : plural(around.hop[at]!, "hop");
    return `${shorten(this.app.data.nameOf(node), 80)}, ${role}, ${steps}, score ${score(around.scores[at]!)}${around.rank[at] === 0 ? "" : `, rank ${count(around.rank[at]!)}`}`;
  }

  #cursorMark(marks: readonly RingMark[]): RingMark | null {
    return this.cursor === null ? null : (marks.find(({ node }) => node === this.cursor) ?? null);
  }

  #centre(node: number): void {
    const { batch } = this.app.view;
    if (batch !== null && memberOf(batch, node)?.isOutput) this.app.rings.centre(node);
  }

  #onKey(event: KeyboardEvent, marks: readonly RingMark[]): void {
    const at = marks.findIndex(({ node }) => node === this.cursor);
    if (event.key === "ArrowRight") this.cursor = marks[(at + 1) % marks.length]!.node;
    else if (event.key === "ArrowLeft") this.cursor = marks[(at <= 0 ? marks.length : at) - 1]!.node;
    else if (event.key === "Home") this.cursor = marks[0]!.node;
    else if (event.key === "End") this.cursor = marks.at(-1)!.node;
    else if (event.key === "Enter" && this.cursor !== null) this.app.selection.selectNode(this.cursor);
    else if (event.key === "c" && this.cursor !== null) this.#centre(this.cursor);
    else return;
    event.preventDefault();
  }

  #below() {
    const around = this.app.rings.around!;
    const answered = this.app.rings.answered!;
    const nodeRows = () =>
      [...around.nodes.keys()].map((i) => [
        this.app.data.nameOf(around.nodes[i]!),
        around.isChosen[i] ? "selected" : "left out",
        around.hop[i] === NO_WAY ? "–" : count(around.hop[i]!),
        around.rank[i] === 0 ? "–" : count(around.rank[i]!),
        score(around.scores[i]!),
      ]);
    const edgeRows = () =>
      edgeShares(around, answered)!.map(({ from, to, share }) => [
        `${this.app.data.nameOf(from)} – ${this.app.data.nameOf(to)}`,
        percent(share, 2),
      ]);
    // Hundreds of rows are made only where they are seen.
    const tables = this.renderRoot.querySelectorAll<HTMLDetailsElement>(".below details");
    const table = (at: number, title: string, caption: string, heads: string[], rows: () => string[][]) =>
      dataTable(title, caption, heads, tables[at]?.open ? rows() : [], () => this.requestUpdate());
    return html`<p class="small quiet">${sign("●")} output · ${sign("▲")} auxiliary, shade and size by score · ${sign("◌")} left out · line width: flow of influence along the edge ·
        outer circle: <strong>${percent(around.capturedMass)}</strong> captured, ${percent(Math.max(0, around.reachedMass - around.capturedMass))} left out ·
        <kbd>[</kbd> <kbd>]</kbd> decrease or increase top-k by 1</p>
      ${table(0, "The numbers", "Nodes in rings", ["node", "status", "hops", "rank", "score"], nodeRows)}
      ${around.flow === null ? nothing : table(1, "The flow", "Edges by their share of all steps of a walk from the middle", ["edge", "share"], edgeRows)}`;
  }
}

customElements.define("ibmb-rings", RingsView);
