import { BYTES_PER_MARK, type Marks } from "../core/marks.ts";
import type { Layer } from "./layer.ts";
import { Pace } from "./pace.ts";
import { Painter, type MapColours } from "./painter.ts";
import { shufflePairs } from "./program.ts";
import { Stage, type Look } from "./stage.ts";

const GLIDE_MS = 180;
/** Without a movement for so long, the map is at rest. */
const REST_MS = 160;
/** What edges may take of a frame while nodes glide, and of one that is drawn anew while the view moves. */
const MOVING_MS = 8;
/** What edges may take of a frame at rest: an answer to the user waits no longer. */
const STEP_MS = 50;
/** What all edges may take at rest; of more a sample has to do. */
const MOST_MS = 1000;
/** The most edges ever drawn. */
const MAX_EDGES = 1_500_000;
/** So many edges are always drawn, and twice as fine as the screen; more are too faint to tell. */
const FINE_EDGES = 60_000;
/** Screens with as many device pixels per pixel are fine enough. */
const FINE_RATIO = 1.5;
/** The share of edges that is drawn is told so often. */
const TELL_MS = 250;
const NOTHING = [0, 0, 0] as const;

/**
 * Draws by WebGL2. All edges and all nodes are kept as pictures: another batch or selection is drawn above them, and they are
 * moved as they are while the view moves, where the machine cannot draw them anew. Edges come in steps whose length
 * follows what was measured. It keeps what it was given, so that it can start again after a lost context.
 */
export class MapRenderer extends Painter {
  #gl: WebGL2RenderingContext;
  #pace: Pace;
  /** `null` while the context is lost. */
  #stage: Stage | null = null;
  #from: Float32Array = new Float32Array(0);
  #frame = 0;
  #glideStart: number | null = null;
  #moving = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** What has to be drawn anew. */
  #stale = { edges: true, nodes: true };
  /** Where the camera was when the layers were drawn. */
  #seen = { scale: 1, offsetX: 0, offsetY: 0 };
  /** Edges on their layer. */
  #drawn = 0;
  /** A step is being measured. */
  #measuring = false;
  #told = { share: 1, at: 0 };

  /** Throws when the machine has no WebGL2. */
  constructor(canvas: HTMLCanvasElement) {
    super(canvas);
    // Shapes and layers have smooth rims of their own; lines with those of the browser take a processor ten times as long.
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: false, powerPreference: "low-power" });
    if (gl === null) throw new Error("this browser offers no WebGL2");
    this.#gl = gl;
    this.#pace = new Pace(gl);
    canvas.addEventListener("webglcontextlost", this.#onLost);
    canvas.addEventListener("webglcontextrestored", this.#onRestored);
    this.#build();
  }

  override dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.canvas.removeEventListener("webglcontextlost", this.#onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.#onRestored);
    this.#pace.end();
    this.#stage = null;
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  override setEdges(edges: Uint32Array): void {
    super.setEdges(shufflePairs(edges));
    this.#upload("edges");
  }

  override setPositions(positions: Float32Array, glide: boolean): void {
    const same = glide && positions.length === this.positions.length;
    this.#from = same ? this.positions : positions;
    this.#glideStart = same ? performance.now() : null;
    super.setPositions(positions, glide);
    this.#upload("places");
  }

  override setMarks(marks: Marks): void {
    const before = this.marks;
    super.setMarks(marks);
    if (marks.bytes !== before.bytes) this.#upload("marks");
    if (marks.filtered !== before.filtered) this.#stale.edges = true;
    this.#upload("top");
  }

  override setBatchEdges(edges: Uint32Array): void {
    super.setBatchEdges(edges);
    this.#upload("batchEdges");
  }

  override setColours(colours: MapColours): void {
    this.#stale = { edges: true, nodes: true };
    super.setColours(colours);
  }

  override resize(width: number, height: number, ratio: number): void {
    super.resize(width, height, ratio);
    this.#stale = { edges: true, nodes: true };
    // A hidden map has no size, and nothing to paint.
    if (width >= 1 && height >= 1) this.#paint();
  }

  /** Draws with the next frame. */
  override draw(): void {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#paint();
      });
    }
  }

  protected override moved(): void {
    this.#moving = true;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#moving = false;
      this.draw();
    }, REST_MS);
    this.draw();
  }

  #build(): void {
    this.#stage = new Stage(this.#gl);
    this.#measuring = false;
    this.#stale = { edges: true, nodes: true };
    for (const part of ["places", "marks", "top", "edges", "batchEdges"] as const) this.#upload(part);
  }

  #upload(part: "places" | "marks" | "top" | "edges" | "batchEdges"): void {
    const stage = this.#stage;
    if (stage === null || this.#gl.isContextLost()) return;
    if (part === "places") {
      stage.all.setPlaces(this.#from, this.positions);
      this.#stale = { edges: true, nodes: true };
    }
    if (part === "places" || part === "top") stage.setTop(this.marks.top, this.#from, this.positions);
    else if (part === "marks") {
      stage.all.setMarks(this.marks.bytes);
      this.#stale.nodes = true;
    } else if (part === "edges") {
      stage.setPairs(stage.edges, this.edges);
      this.#stale.edges = true;
    } else stage.setPairs(stage.batchEdges, this.batchEdges);
    this.draw();
  }

  #paint(): void {
    const { colours, camera } = this;
    const stage = this.#stage;
    if (stage === null || colours === null || this.#gl.isContextLost()) return;
    if (!this.whole) {
      stage.onCanvas();
      stage.clear(colours.paper, 1);
      return;
    }
    const elapsed = this.#glideStart === null ? 1 : Math.min(1, (performance.now() - this.#glideStart) / GLIDE_MS);
    // The last frame of a glide is one at rest.
    if (this.#glideStart !== null) this.#stale = { edges: true, nodes: true };
    if (elapsed === 1) this.#glideStart = null;
    const look: Look = {
      camera: { scale: camera.scale, offsetX: camera.offsetX, offsetY: camera.offsetY }, width: this.width, height: this.height, ratio: this.ratio, colours,
      grow: this.grow, blend: elapsed * elapsed * (3 - 2 * elapsed),
    };
    // While the view moves, the layers move with it where they cannot be drawn anew for each frame.
    if (!this.#moving || stage.layers.nodes.empty || this.marks.bytes.length / BYTES_PER_MARK + this.edges.length / 2 <= this.#pace.edgesIn(MOVING_MS)) this.#renew(stage, look);
    // Few edges of the batch are drawn plainly; thousands would be all that is seen.
    const ofBatch = this.batchEdges.length / 2;
    const alpha = Math.min(0.5, Math.max(0.012, 0.5 * (300 / Math.max(1, ofBatch)) ** 0.65));
    const fineness = this.#onLayer(stage.layers.batchEdges, ofBatch);
    stage.clear(NOTHING, 0);
    stage.drawLines(look, stage.batchEdges, 0, ofBatch, colours.batchEdge, fineness * this.fade * alpha);

    stage.onCanvas();
    stage.drawLayers(look, this.#seen);
    stage.drawNodes(look, stage.top);
    if (this.#glideStart !== null) this.draw();
    else this.#tell();
  }

  /** Brings the layers of all edges and all nodes to where the camera is, edges by a step. */
  #renew(stage: Stage, look: Look): void {
    const { scale, offsetX, offsetY } = look.camera;
    const stale = this.#stale;
    const seen = this.#seen;
    if (seen.scale !== scale || seen.offsetX !== offsetX || seen.offsetY !== offsetY) stale.edges = stale.nodes = true;
    this.#seen = look.camera;
    if (stale.nodes) {
      this.#onLayer(stage.layers.nodes, Infinity);
      stage.clear(NOTHING, 0);
      stage.drawNodes(look, stage.all);
    }
    if (!stale.edges && (this.#complete || this.#measuring)) return void (stale.nodes = false);
    const total = this.edges.length / 2;
    const fineness = this.#onLayer(stage.layers.edges, total);
    if (stale.edges) {
      stage.clear(look.colours.paper, 1);
      this.#drawn = 0;
    }
    stale.edges = stale.nodes = false;
    const start = performance.now();
    const first = this.#drawn;
    this.#drawn = Math.min(this.#most, first + this.#pace.edgesIn(this.#moving || this.#glideStart !== null ? MOVING_MS : STEP_MS));
    const alpha = Math.min(0.12, Math.max(0.012, 0.12 * Math.sqrt(6000 / Math.max(1, total))));
    stage.drawLines(look, stage.edges, first, this.#drawn, look.colours.edge, fineness * this.fade * alpha);
    if (this.#measuring) return;
    this.#measuring = true;
    this.#pace.measure(start, this.#drawn - first, () => {
      this.#measuring = false;
      if (!this.#complete) this.draw();
    });
  }

  /** What is drawn next goes onto a layer, of so many edges, so many times as fine as the canvas. */
  #onLayer(layer: Layer, edges: number): number {
    const { width, height } = this.canvas;
    const fits = 2 * Math.max(width, height) <= this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE);
    const fineness = fits && this.ratio < FINE_RATIO && edges <= FINE_EDGES ? 2 : 1;
    layer.use(fineness * width, fineness * height);
    return fineness;
  }

  /** How many edges are drawn at rest. */
  get #most(): number {
    return Math.min(this.edges.length / 2, MAX_EDGES, Math.max(FINE_EDGES, this.#pace.edgesIn(MOST_MS)));
  }

  get #complete(): boolean {
    return this.#drawn >= this.#most;
  }

  /** Says what share of the edges is drawn, not with every step. */
  #tell(): void {
    const now = performance.now();
    const share = this.edges.length === 0 ? 1 : (2 * this.#drawn) / this.edges.length;
    if (share === this.#told.share || (!this.#complete && now - this.#told.at < TELL_MS)) return;
    this.#told = { share, at: now };
    this.onShare(share);
  }

  #onLost = (event: Event): void => {
    event.preventDefault();
    this.#pace.end();
    this.#stage = null;
  };

  #onRestored = (): void => {
    this.#build();
  };
}
