import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { effectiveTheme, followTheme } from "../components/theme.ts";
import type { Theme } from "../core/colour.ts";
import { edgeColour, marksOf, ringColour } from "../core/marks.ts";
import type { OpenGraph } from "../core/data.ts";
import type { OpenPlan } from "../core/planning.ts";
import { COLOUR_MODES, LAYOUT_MODES, placeIn, type ColourMode } from "../core/view.ts";
import { batchSentence } from "../core/words.ts";
import { MapRenderer } from "../render/map-renderer.ts";
import { PlaceGrid } from "../render/pick.ts";
import { Gestures } from "./gestures.ts";
import { hoverCard } from "./hover-card.ts";
import { legend } from "./legend.ts";

const REACH = 14;

/** The map: every node by batch, the selected batch above the rest, and one sentence that says what is seen. */
export class MapView extends AppElement {
  static override properties = { ...AppElement.properties, trouble: { state: true }, share: { state: true }, spot: { state: true } };
  declare trouble: string | null;
  declare share: number;
  /** Where the pointer is, in pixels of the map. */
  declare spot: { x: number; y: number } | null;
  #renderer: MapRenderer | null = null;
  #gestures: Gestures | null = null;
  #grid: PlaceGrid | null = null;
  #size: ResizeObserver | null = null;
  #shownGraph: OpenGraph | null = null;
  #shownPlan: OpenPlan | null = null;
  #shownMarks = "";
  #shownTheme: Theme | null = null;
  #objects = new WeakMap<object, number>();
  #numObjects = 0;

  static override styles = [shared, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; min-height: 0; min-width: 0; background: var(--paper); }
    .tools { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 6px 12px; padding: 8px 12px; }
    .segments { display: flex; border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; background: var(--panel); max-width: 100%; }
    .segments button { border: 0; border-radius: 0; background: none; padding: 0 11px; }
    .segments button + button { border-left: 1px solid var(--line); }
    .segments button[aria-pressed="true"] { background: var(--wash); color: var(--accent); font-weight: 600; }
    .segments button:focus-visible { outline-offset: -2px; }
    .field { position: relative; min-height: 0; min-width: 0; overflow: hidden; border-block: 1px solid var(--line); }
    .field[hidden] { display: none; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: crosshair; }
    canvas:focus-visible { outline-offset: -3px; }
    .fit { position: absolute; right: 10px; top: 10px; z-index: 1; }
    .trouble { position: absolute; inset: 0; display: grid; place-content: center; text-align: center; padding: 24px; gap: 8px; background: var(--paper); }
    .card { position: absolute; left: 0; top: 0; z-index: 2; width: max-content; max-width: min(280px, calc(100% - 16px)); pointer-events: none;
      background: var(--panel); border: 1px solid var(--line); border-radius: var(--radius); padding: 8px 10px; font-size: 12px;
      box-shadow: 0 2px 10px rgb(0 0 0 / 0.14); transform: translate(var(--x), var(--y)); }
    .card strong { display: block; max-height: 2.9em; overflow: hidden; overflow-wrap: anywhere; }
    .card dl { margin-top: 4px; gap: 1px 10px; }
    .legend { position: absolute; left: 8px; bottom: 8px; max-width: calc(100% - 16px); font-size: 12px; padding: 5px 9px; border-radius: var(--radius);
      background: color-mix(in oklab, var(--paper) 84%, transparent); display: flex; flex-wrap: wrap; gap: 2px 14px; pointer-events: none; }
    .legend span { display: inline-flex; align-items: center; gap: 5px; min-width: 0; }
    .legend .clip { display: block; max-width: 150px; }
    .legend i { width: 9px; height: 9px; border-radius: 50%; background: var(--fill); flex: none; }
    .legend svg { width: 13px; height: 13px; flex: none; }
    .legend .ramp { width: 54px; height: 8px; border-radius: 2px; background: linear-gradient(to right, var(--from), var(--middle), var(--to)); }
    .status { padding: 9px 14px; min-height: 38px; }
    @media (max-width: 599px) {
      .tools { padding: 8px; }
      .segments { width: 100%; }
      .segments button { flex: auto; padding: 0 4px; font-size: 12px; }
      .status { padding: 8px 12px; }
    }
  `];

  constructor() {
    super();
    followTheme(this);
    this.trouble = null;
    this.share = 1;
    this.spot = null;
  }

  protected stores() {
    return [this.app.data, this.app.planning, this.app.modelling, this.app.view];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size?.disconnect();
    this.#gestures?.end();
    this.#renderer?.canvas.remove();
    this.#renderer?.dispose();
    this.#renderer = this.#gestures = this.#size = this.#grid = this.#shownGraph = this.#shownPlan = null;
    this.#shownMarks = "";
    this.#shownTheme = null;
  }

  /** Shows all nodes. */
  fit(): void {
    this.#renderer?.fit();
  }

  override render() {
    const { view } = this.app;
    return html`
      <div class="tools">
        ${segments("Colour by", COLOUR_MODES.filter(([mode]) => this.#possible(mode)), view.colour, (colour) => view.set({ colour }))}
        ${LAYOUT_MODES.length < 2 ? nothing : segments("Layout", LAYOUT_MODES, view.layout, (layout) => view.set({ layout }))}
      </div>
      ${view.layout === "rings" ? html`<ibmb-rings class="field" .app=${this.app}></ibmb-rings>` : nothing}
      <div class="field" ?hidden=${view.layout === "rings"}>
        <button class="fit icon" title="Show all nodes (0)" aria-label="Show all nodes" @click=${() => this.fit()}>
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="1.6" /></svg>
        </button>
        ${this.trouble === null ? nothing : html`<div class="trouble" role="alert"><strong>The map cannot be drawn.</strong>
          <span class="quiet">${this.trouble} Turn on hardware acceleration or use another browser. Tables, runs and training work without the map.</span></div>`}
        ${hoverCard(this.app, this.spot)} ${legend(this.app, this.share)}
      </div>
      <div class="status" role="status" aria-live="polite" id="status">${this.#sentence()}</div>`;
  }

  #possible(mode: ColourMode): boolean {
    const { graph } = this.app;
    if (mode === "class") return graph !== null && graph.handle.numClasses > 0 && graph.handle.labels !== null;
    if (mode === "prediction") return this.app.modelling.run !== null;
    if (mode === "right") return this.app.modelling.run !== null && graph?.handle.labels !== null;
    return true;
  }

  #sentence(): string {
    const { graph, plan, view, data } = this.app;
    if (graph === null || plan === null) return data.work.running ? "Reading the graph…" : data.notice?.kind === "error" ? "No graph is open." : "Starting…";
    if (plan.handle.numBatches === 0) return "This plan has no batch: there is no output node.";
    const { numOutputs, numAuxiliary, capturedMass } = plan.handle.table;
    const index = view.batchIndex;
    return batchSentence({
      index, numOutputs: numOutputs[index]!, numAuxiliary: numAuxiliary[index]!, captured: capturedMass[index]!,
      isPart: plan.handle.options.method === "cluster", noun: graph.noun,
    });
  }

  protected override updated(): void {
    if (this.#renderer === null && this.trouble === null) this.#mount();
    if (this.#renderer !== null) this.#show(this.#renderer);
    this.#placeCard();
  }

  /** The card stays beside the pointer and inside the map. */
  #placeCard(): void {
    const card = this.renderRoot.querySelector<HTMLElement>(".card");
    const field = this.renderRoot.querySelector<HTMLElement>("div.field");
    if (card === null || field === null || this.spot === null) return;
    const beside = (at: number, size: number, room: number) => Math.max(8, at + 16 + size + 8 <= room ? at + 16 : at - 16 - size);
    card.style.setProperty("--x", `${beside(this.spot.x, card.offsetWidth, field.clientWidth)}px`);
    card.style.setProperty("--y", `${beside(this.spot.y, card.offsetHeight, field.clientHeight)}px`);
  }

  #mount(): void {
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", "Map of the graph. Up and down choose a batch, left and right a node of it, Enter goes to the node's own batch, plus and minus zoom, 0 shows all.");
    try {
      this.#renderer = new MapRenderer(canvas);
    } catch (error) {
      const words = (error as Error).message;
      this.trouble = `${words[0]!.toUpperCase()}${words.slice(1)}.`;
      return;
    }
    const field = this.renderRoot.querySelector<HTMLElement>("div.field")!;
    field.prepend(canvas);
    this.#renderer.onShare = (share) => (this.share = share);
    this.#gestures = new Gestures(canvas, {
      pan: (dx, dy) => this.#renderer?.pan(dx, dy),
      zoom: (x, y, factor) => this.#renderer?.zoomAt(x, y, factor),
      hover: (spot) => this.#hover(spot),
      click: (spot) => {
        const node = this.#nodeAt(spot);
        if (node === null) this.app.selection.selectNode(null);
        else void this.app.selection.pick(node);
      },
      open: (spot) => {
        const node = this.#nodeAt(spot);
        if (node !== null) void this.app.selection.goToBatchOf(node);
      },
    });
    canvas.addEventListener("keydown", this.#onKey);
    this.#size = new ResizeObserver(() => this.#renderer?.resize(field.clientWidth, field.clientHeight, window.devicePixelRatio || 1));
    this.#size.observe(field);
    this.#renderer.resize(field.clientWidth, field.clientHeight, window.devicePixelRatio || 1);
  }

  /** Gives the renderer what has changed since the last time. */
  #show(renderer: MapRenderer): void {
    const { graph, plan, view, modelling } = this.app;
    const theme = effectiveTheme();
    const style = getComputedStyle(this);
    const token = (name: string) => bytesOf(style.getPropertyValue(name), theme);
    if (theme !== this.#shownTheme) {
      this.#shownTheme = theme;
      renderer.setColours({
        paper: token("--paper"), ring: ringColour(theme), edge: edgeColour(theme), batchEdge: token("--quiet"), accent: token("--accent"),
      });
    }
    if (graph === null || plan === null) return;
    if (this.#shownPlan !== plan) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const sameGraph = this.#shownGraph === graph;
      if (!sameGraph) renderer.setEdges(graph.edges);
      renderer.setPositions(plan.layout.positions, sameGraph && !calm);
      this.#grid = new PlaceGrid(plan.layout.positions);
      this.#shownGraph = graph;
      this.#shownPlan = plan;
    }
    const predictions = modelling.run?.predictions ?? null;
    const mode = this.#possible(view.colour) ? view.colour : "batch";
    const key = [this.#idOf(plan), this.#idOf(view.batch), this.#idOf(predictions), mode, view.node, theme].join();
    if (key === this.#shownMarks) return;
    this.#shownMarks = key;
    renderer.setMarks(marksOf({
      numNodes: graph.handle.numNodes, batchOf: plan.handle.batchOf, hues: plan.hues, batch: view.batch,
      labels: graph.handle.labels, numClasses: graph.handle.numClasses, predictions, mode, node: view.node, theme,
    }));
    renderer.setBatchEdges(view.batch?.edges ?? new Uint32Array(0));
  }

  /** A number for each object, so that a change of object is seen. */
  #idOf(object: object | null): number {
    if (object === null) return 0;
    let id = this.#objects.get(object);
    if (id === undefined) this.#objects.set(object, (id = ++this.#numObjects));
    return id;
  }

  #nodeAt(spot: { x: number; y: number }): number | null {
    if (this.#renderer === null || this.#grid === null) return null;
    const { scale, offsetX, offsetY } = this.#renderer.camera;
    const { batch } = this.app.view;
    return this.#grid.nearest((spot.x - offsetX) / scale, (spot.y - offsetY) / scale, REACH / scale,
      (node) => (batch !== null && placeIn(batch, node) >= 0 ? 0.55 : 1));
  }

  #hover(spot: { x: number; y: number } | null): void {
    const node = spot === null ? null : this.#nodeAt(spot);
    this.spot = node === null ? null : spot;
    if (node !== this.app.view.hovered) this.app.view.set({ hovered: node });
  }

  #onKey = (event: KeyboardEvent): void => {
    const { app } = this;
    const size = this.#renderer?.canvas.getBoundingClientRect();
    const zoom = (factor: number) => this.#renderer?.zoomAt((size?.width ?? 0) / 2, (size?.height ?? 0) / 2, factor);
    if (event.key === "ArrowRight") app.selection.stepNode(1);
    else if (event.key === "ArrowLeft") app.selection.stepNode(-1);
    else if (event.key === "Enter" && app.view.node !== null) void app.selection.goToBatchOf(app.view.node);
    else if (event.key === "Escape") app.selection.selectNode(null);
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else return;
    event.preventDefault();
  };
}

/** Buttons of which one is pressed. */
function segments<Value extends string>(label: string, choices: readonly (readonly [Value, string])[], chosen: Value, take: (value: Value) => void) {
  return html`<div class="segments" role="group" aria-label=${label}>${choices.map(([value, words]) => html`<button
    aria-pressed=${value === chosen ? "true" : "false"} @click=${() => take(value)}>${words}</button>`)}</div>`;
}

/** A colour token as bytes, whatever way it is written. */
function bytesOf(token: string, theme: Theme): readonly [number, number, number] {
  const parts = token.match(/#[0-9a-f]{6}/gi);
  const hex = parts?.[parts.length > 1 && theme === "dark" ? 1 : 0] ?? "#808080";
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as unknown as readonly [number, number, number];
}

customElements.define("ibmb-map", MapView);
