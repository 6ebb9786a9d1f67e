import "../components/progress-line.ts";
import "./search-field.ts";
import { html, nothing, svg } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { withSigns } from "../components/signs.ts";
import { effectiveTheme, followTheme } from "../components/theme.ts";
import { edgeColour, groundMarks, type MarkInput, ringColour, topMarks } from "../render/marks.ts";
import type { Painter, Shares } from "../render/painter.ts";
import { PlaceGrid } from "../render/pick.ts";
import { placesOf } from "../render/places.ts";
import { type Corner, nodesInside, rectangle } from "../state/area.ts";
import { placeIn } from "../state/batch-members.ts";
import { brightNodes, partsOf } from "../state/categories.ts";
import type { Theme } from "../state/colour.ts";
import type { OpenGraph } from "../state/graph.ts";
import type { OpenPlan } from "../state/plan.ts";
import { ringsSentence } from "../state/rings.ts";
import { COLOUR_MODES, type ColourMode, LAYOUT_MODES } from "../state/view.ts";
import { batchSentence } from "../state/words.ts";
import { Gestures, type Spot } from "./gestures.ts";
import { hoverCard } from "./hover-card.ts";
import { takeLayout } from "./keys.ts";
import { legend } from "./legend.ts";
import { mapButtons } from "./map-buttons.ts";
import { mapStyles } from "./map-styles.ts";
import { EXPORT_RATIO, savePicture } from "./picture.ts";
import type { SearchField } from "./search-field.ts";
import { segments } from "./segments.ts";
import { selectionLine } from "./selection-line.ts";

/** On its way while the engine starts. */
const webgl = import("../render/map-renderer.ts");
const REACH = 14;
/** Between the legend's top and the lowest marks: what is below it, and half a mark. */
const LEGEND_GAP = 16;
/** Pixels that the map moves by for a key. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [60, 0],
  ArrowRight: [-60, 0],
  ArrowUp: [0, 60],
  ArrowDown: [0, -60],
};

/**
 * The map: every node by batch, the selected batch above the rest, and one sentence that says what is seen.
 */
export class MapView extends AppElement {
  static override properties = {
    ...AppElement.properties,
    trouble: { state: true },
    shares: { state: true },
    spot: { state: true },
    band: { state: true },
  };
  declare trouble: string | null;
  declare shares: Shares;
  /** Where the pointer is, in pixels of the map. */
  declare spot: Spot | null;
  /** The area that is being drawn, in pixels of the map. */
  declare band: readonly Spot[] | null;
  #renderer: Painter | null = null;
  #mounting = false;
  #gestures: Gestures | null = null;
  #grid: PlaceGrid | null = null;
  #size: ResizeObserver | null = null;
  #shownGraph: OpenGraph | null = null;
  #shownGround = "";
  #shownMarks = "";
  #ground: Uint8Array = new Uint8Array(0);
  #shownTheme: Theme | null = null;
  readonly #objects = new WeakMap<object, number>();
  #numObjects = 0;

  static override styles = [shared, mapStyles];

  constructor() {
    super();
    followTheme(this);
    this.trouble = null;
    this.shares = { all: 1, batch: 1 };
    this.spot = null;
    this.band = null;
  }

  protected stores() {
    return [
      this.app.data,
      this.app.planning,
      this.app.modelling,
      this.app.view,
      this.app.rings,
      this.app.force,
    ];
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
    this.#renderer = this.#gestures = this.#size = this.#grid = this.#shownGraph = null;
    this.#shownGround = this.#shownMarks = "";
    this.#shownTheme = null;
  }

  /** Shows all nodes. */
  fit(): void {
    this.#renderer?.fit();
  }

  /** Shows some nodes as large as they fit. */
  frame(nodes: Uint32Array): void {
    this.#renderer?.frame(nodes);
  }

  /** Puts the cursor into the search field. */
  find(): void {
    this.renderRoot.querySelector<SearchField>("ibmb-search")?.focus();
  }

  override render() {
    const { view } = this.app;
    return html`
      <div class="tools">
        ${segments(
          "Colour by",
          COLOUR_MODES.filter(([mode]) => this.#possible(mode)),
          view.colour,
          (colour) => view.set({ colour }),
        )}
        ${segments(
          "Layout",
          LAYOUT_MODES,
          view.layout,
          (layout) => takeLayout(this.app, layout),
          (layout) => (layout === "file" ? this.app.placesLack : null),
        )}
        <ibmb-search .app=${this.app} @frame=${this.#onFound}></ibmb-search>
      </div>
      ${view.layout === "rings" ? html`<ibmb-rings class="field" .app=${this.app}></ibmb-rings>` : nothing}
      <div class="field" ?hidden=${view.layout === "rings"}>
        ${mapButtons(this.app, { fit: () => this.fit(), frame: () => this.frame(view.chosen), save: () => void savePicture(this.app, this.#renderer?.picture(EXPORT_RATIO) ?? null) })}
        ${
          this.band === null
            ? nothing
            : html`<svg class="band" aria-hidden="true">${svg`<polygon points=${this.#corners(this.band)
                .map(({ x, y }) => `${x},${y}`)
                .join(" ")} />`}</svg>`
        }
        ${this.#moving()}
        ${
          this.trouble === null
            ? nothing
            : html`<div class="trouble" role="alert"><strong>The map cannot be drawn.</strong>
          <span class="quiet">${this.trouble} Turn on hardware acceleration or use another browser. Tables, runs and training work without the map.</span></div>`
        }
        ${selectionLine(this.app, { frame: () => this.frame(view.chosen), leave: () => this.#toCanvas() })}
        ${hoverCard(this.app, this.spot)} ${legend(this.app, this.shares, () => this.#toCanvas())}
      </div>
      <div class="status" role="status" aria-live="polite" id="status">${withSigns(this.#sentence())}</div>`;
  }

  /** How far a layout by forces has come, as long as nodes move. */
  #moving() {
    const { force, view } = this.app;
    if (view.layout !== "force" || !force.work.running) return nothing;
    return html`<div class="moving"><ibmb-progress label="layout" .progress=${force.work.progress}></ibmb-progress>
      <button class="link" @click=${() => this.app.stopLayout()}>${force.positions === null ? "cancel" : "stop here"}</button></div>`;
  }

  /** Where the keyboard goes when what it was on has gone. */
  #toCanvas(): void {
    this.#renderer?.canvas.focus({ preventScroll: true });
  }

  readonly #onFound = (event: CustomEvent<Uint32Array>): void => {
    this.frame(event.detail);
    this.#toCanvas();
  };

  #possible(mode: ColourMode): boolean {
    const { graph } = this.app;
    if (mode === "class")
      return graph !== null && graph.handle.numClasses > 0 && graph.handle.labels !== null;
    if (mode === "prediction") return this.app.modelling.run !== null;
    if (mode === "split") return graph !== null && graph.split !== null;
    if (mode === "right") return this.app.modelling.run !== null && graph?.handle.labels !== null;
    return true;
  }

  #sentence(): string {
    const { graph, plan, view, data } = this.app;
    if (graph === null || plan === null)
      return data.work.running
        ? "Reading the graph…"
        : data.notice?.kind === "error"
          ? "No graph is open."
          : "Starting…";
    if (plan.handle.numBatches === 0) return "This plan has no batch because there is no output node.";
    if (view.layout === "rings") return ringsSentence(this.app.rings, (node) => data.nameOf(node));
    const { numOutputs, numAuxiliary, capturedMass } = plan.handle.table;
    const index = view.batchIndex;
    return batchSentence({
      index,
      numOutputs: numOutputs[index]!,
      numAuxiliary: numAuxiliary[index]!,
      captured: capturedMass[index]!,
      isPart: plan.handle.options.method === "cluster",
      noun: graph.noun,
    });
  }

  protected override updated(): void {
    if (this.#renderer === null && this.trouble === null) void this.#mount();
    // Behind the rings nothing is drawn; what has changed meanwhile is taken up with the map.
    if (this.app.view.layout === "rings") return void import("./rings-view.ts");
    if (this.#renderer !== null) this.#show(this.#renderer);
    this.#clearLegend();
    this.#placeCard();
  }

  /** Nodes keep clear of the legend. */
  #clearLegend(): void {
    const legend = this.renderRoot.querySelector<HTMLElement>(".legend");
    this.#renderer?.setLegend(legend === null ? 0 : legend.offsetHeight + LEGEND_GAP);
  }

  /** The card stays beside the pointer and inside the map. */
  #placeCard(): void {
    const card = this.renderRoot.querySelector<HTMLElement>(".card");
    const field = this.renderRoot.querySelector<HTMLElement>("div.field");
    if (card === null || field === null || this.spot === null) return;
    const beside = (at: number, size: number, room: number) =>
      Math.max(8, at + 16 + size + 8 <= room ? at + 16 : at - 16 - size);
    card.style.setProperty("--x", `${beside(this.spot.x, card.offsetWidth, field.clientWidth)}px`);
    card.style.setProperty("--y", `${beside(this.spot.y, card.offsetHeight, field.clientHeight)}px`);
  }

  /** Something to draw on, by WebGL2, or in the engine where there is none. */
  async #painter(): Promise<Painter> {
    const { MapRenderer } = await webgl;
    try {
      return new MapRenderer(mapCanvas());
    } catch {
      const { SoftRenderer } = await import("../render/soft-renderer.ts");
      return new SoftRenderer(mapCanvas(), async (options) => {
        // A picture of a graph that was replaced in the meantime is not wanted.
        return this.app.graph === null ? null : this.app.graph.handle.picture(options).catch(() => null);
      });
    }
  }

  async #mount(): Promise<void> {
    if (this.#mounting) return;
    this.#mounting = true;
    try {
      const renderer = await this.#painter();
      // The page may have been taken out meanwhile.
      if (this.isConnected) this.#take(renderer);
      else renderer.dispose();
    } catch (error) {
      const words = (error as Error).message;
      this.trouble = `${words[0]!.toUpperCase()}${words.slice(1)}.`;
    }
    this.#mounting = false;
  }

  #take(renderer: Painter): void {
    this.#renderer = renderer;
    const { canvas } = renderer;
    const field = this.renderRoot.querySelector<HTMLElement>("div.field")!;
    field.prepend(canvas);
    renderer.onShares = (shares) => (this.shares = shares);
    this.#gestures = new Gestures(canvas, {
      pan: (dx, dy) => this.#renderer?.pan(dx, dy),
      zoom: (x, y, factor) => this.#renderer?.zoomAt(x, y, factor),
      hover: (spot) => this.#hover(spot),
      click: (spot, beside) => {
        const node = this.#nodeAt(spot);
        const { selection } = this.app;
        if (beside) return node === null ? undefined : selection.toggle(node);
        if (node === null) selection.selectNode(null);
        else void selection.pick(node);
      },
      open: (spot) => {
        const node = this.#nodeAt(spot);
        if (node !== null) void this.app.selection.goToBatchOf(node);
      },
      drawing: () => this.app.view.tool !== "move",
      draw: (line) => (this.band = [...line]),
      drawn: (line, beside) => {
        this.band = null;
        if (line !== null) this.#choose(this.#corners(line), beside);
      },
    });
    canvas.addEventListener("keydown", this.#onKey);
    this.#size = new ResizeObserver(() => {
      this.#renderer?.resize(field.clientWidth, field.clientHeight, window.devicePixelRatio || 1);
      // A legend in more lines on a narrower map; behind the rings both have no size.
      if (field.clientWidth > 0) this.#clearLegend();
    });
    this.#size.observe(field);
    renderer.resize(field.clientWidth, field.clientHeight, window.devicePixelRatio || 1);
    this.requestUpdate();
  }

  /** Gives the renderer what has changed since the last time. */
  #show(renderer: Painter): void {
    const { graph, plan, view, modelling } = this.app;
    const theme = effectiveTheme();
    const style = getComputedStyle(this);
    const token = (name: string) => bytesOf(style.getPropertyValue(name), theme);
    if (theme !== this.#shownTheme) {
      this.#shownTheme = theme;
      renderer.setColours({
        paper: token("--paper"),
        ring: ringColour(theme),
        edge: edgeColour(theme),
        batchEdge: token("--quiet"),
        accent: token("--accent"),
      });
    }
    if (graph === null || plan === null) return;
    const positions = this.#positions(graph, plan);
    if (this.#grid?.positions !== positions) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const sameGraph = this.#shownGraph === graph;
      if (!sameGraph) renderer.setEdges(graph.edges);
      renderer.setPositions(positions, sameGraph && !calm);
      this.#grid = new PlaceGrid(positions);
      this.#shownGraph = graph;
    }
    const { arrivals } = modelling;
    const predictions = arrivals?.predictions ?? modelling.run?.predictions ?? null;
    const mode = this.#possible(view.colour) ? view.colour : "batch";
    const bright = brightNodes(this.app);
    this.#renderer!.canvas.classList.toggle("drawing", view.tool !== "move");
    const ground = [
      this.#idOf(bright),
      graph.split,
      this.#idOf(plan),
      this.#idOf(predictions),
      arrivals?.numLit,
      mode,
      theme,
    ].join();
    const key = [ground, this.#idOf(view.chosen), this.#idOf(view.batch), view.node].join();
    if (key === this.#shownMarks) return;
    this.#shownMarks = key;
    const input: MarkInput = {
      numNodes: graph.handle.numNodes,
      batchOf: plan.handle.batchOf,
      hues: plan.hues,
      batch: view.batch,
      labels: graph.handle.labels,
      numClasses: graph.handle.numClasses,
      predictions,
      lit: arrivals?.lit ?? null,
      parts: partsOf(graph),
      mode,
      node: view.node,
      chosen: view.chosen,
      bright,
      theme,
    };
    // Another batch or selection leaves the marks of all other nodes as they are.
    if (ground !== this.#shownGround) this.#ground = groundMarks(input);
    this.#shownGround = ground;
    renderer.setMarks({ bytes: this.#ground, top: topMarks(input, this.#ground), filtered: bright !== null });
    renderer.setBatchEdges(view.batch?.edges ?? new Uint32Array(0));
  }

  /** Where the nodes stand; by batch as long as there is nothing else of this graph. */
  #positions(graph: OpenGraph, plan: OpenPlan): Float32Array {
    const { view, force } = this.app;
    const wanted =
      view.layout === "force" ? force.positions : view.layout === "file" ? placesOf(graph) : null;
    return wanted?.length === plan.layout.positions.length ? wanted : plan.layout.positions;
  }

  /** A number for each object, so that a change of object is seen. */
  #idOf(object: object | null): number {
    if (object === null) return 0;
    let id = this.#objects.get(object);
    if (id === undefined) {
      id = ++this.#numObjects;
      this.#objects.set(object, id);
    }
    return id;
  }

  /** Corners of the area that a drag has drawn. */
  #corners(line: readonly Spot[]): readonly Spot[] {
    return this.app.view.tool === "rectangle" ? rectangle(line[0]!, line.at(-1)!) : line;
  }

  /** Selects what is inside an area of the map. */
  #choose(corners: readonly Spot[], beside: boolean): void {
    if (this.#renderer === null || this.#grid === null) return;
    const { scale, offsetX, offsetY } = this.#renderer.camera;
    const area = corners.map(({ x, y }): Corner => ({ x: (x - offsetX) / scale, y: (y - offsetY) / scale }));
    this.app.selection.choose(nodesInside(this.#grid.positions, area), beside);
  }

  #nodeAt(spot: { x: number; y: number }): number | null {
    if (this.#renderer === null || this.#grid === null) return null;
    const { scale, offsetX, offsetY } = this.#renderer.camera;
    const { batch } = this.app.view;
    return this.#grid.nearest(
      (spot.x - offsetX) / scale,
      (spot.y - offsetY) / scale,
      REACH / scale,
      (node) => (batch !== null && placeIn(batch, node) >= 0 ? 0.55 : 1),
    );
  }

  #hover(spot: { x: number; y: number } | null): void {
    const node = spot === null ? null : this.#nodeAt(spot);
    this.spot = node === null ? null : spot;
    if (node !== this.app.view.hovered) this.app.view.set({ hovered: node });
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { app } = this;
    const { width = 0, height = 0 } = this.#renderer?.canvas.getBoundingClientRect() ?? {};
    const zoom = (factor: number) => this.#renderer?.zoomAt(width / 2, height / 2, factor);
    const drawing = app.view.tool !== "move";
    const step = event.shiftKey ? STEPS[event.key] : undefined;
    if (step !== undefined) this.#renderer?.pan(step[0], step[1]);
    else if (drawing && event.key === "Enter")
      this.#choose(rectangle({ x: 0, y: 0 }, { x: width, y: height }), event.shiftKey);
    else if (drawing && event.key === "Escape") app.view.set({ tool: "move" });
    else if (event.key.toLowerCase() === "m" && app.view.node !== null) app.selection.toggle(app.view.node);
    else if (event.key === "ArrowRight") app.selection.stepNode(1);
    else if (event.key === "ArrowLeft") app.selection.stepNode(-1);
    else if (event.key === "Enter" && app.view.node !== null) void app.selection.goToBatchOf(app.view.node);
    else if (event.key === "Escape") app.selection.selectNode(null);
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else return;
    event.preventDefault();
  };
}

/** The element that takes pointer and keys of the map. */
function mapCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute(
    "aria-label",
    "Map of the graph. Up and down select a batch, left and right a node of it, Enter goes to the batch that predicts the node, M adds the node to the selection, plus and minus zoom, Shift and arrows move the map, 0 shows all nodes.",
  );
  return canvas;
}

/** A colour token as bytes, whatever way it is written. */
function bytesOf(token: string, theme: Theme): readonly [number, number, number] {
  const parts = token.match(/#[0-9a-f]{6}/gi);
  const hex = parts?.[parts.length > 1 && theme === "dark" ? 1 : 0] ?? "#808080";
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as unknown as readonly [
    number,
    number,
    number,
  ];
}

customElements.define("ibmb-map", MapView);
