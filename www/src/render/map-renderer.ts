import type { Rgb } from "../state/colour.ts";
import type { Marks } from "./marks.ts";
import { Pace } from "./pace.ts";
import { type MapColours, Painter } from "./painter.ts";
import { spreadPairs } from "./program.ts";
import { type Edges, type Look, Stage } from "./stage.ts";

const GLIDE_MS = 180;
/** Without a movement for so long, the map is at rest. */
const REST_MS = 160;
/** What edges may take of a frame while nodes glide or the view moves. */
const MOVING_MS = 8;
/**
 * What they may take of the first frame of a view, and of those that follow: an answer to the user waits no
 * longer.
 */
const FIRST_MS = 16;
const STEP_MS = 50;
/** What all edges may take at rest; of more a sample has to do. */
const MOST_MS = 1000;
/** So many edges are always drawn. */
const ALWAYS = 60_000;
/** The most edges ever drawn. */
const MAX_EDGES = 1_500_000;
/** So many edges are drawn twice as fine as the screen; more are too faint to tell. */
const FINE_EDGES = 12_000;
/** Screens with as many device pixels per pixel are fine enough. */
const FINE_RATIO = 1.5;
/** Edges that come in steps are shown, and their share is told, so often at first, and ever less often. */
const SHOW_MS = 200;
const NOTHING = [0, 0, 0] as const;

/**
 * Draws by WebGL2. All edges, those of the batch and all nodes are kept as pictures: another batch or
 * selection leaves the rest as it is, and all move as they are while the view moves, where the machine cannot
 * draw them anew. Edges come in steps whose length follows what was measured. It keeps what it was given, so
 * that it can start again after a lost context.
 */
export class MapRenderer extends Painter {
  readonly #gl: WebGL2RenderingContext;
  readonly #pace: Pace;
  /** `null` while the context is lost. */
  #stage: Stage | null = null;
  #from: Float32Array = new Float32Array(0);
  /** Edges of the batch in the order in which they came. */
  #given: Uint32Array | null = null;
  #frame = 0;
  #glideStart: number | null = null;
  #moving = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Where the camera was when the layers were drawn. */
  #seen: Look["camera"] = { scale: 1, offsetX: 0, offsetY: 0 };
  /** When edges were begun anew. */
  #begun = 0;
  /** When the layers were last shown, and what was on them. */
  #shown = { at: 0, edges: 0, batchEdges: 0 };
  #told = { all: 1, batch: 1, at: 0 };

  /** Throws when the machine has no WebGL2. */
  constructor(canvas: HTMLCanvasElement) {
    super(canvas);
    // Shapes and layers have smooth rims of their own; lines with those of the browser take a processor ten
    // times as long.
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      alpha: false,
      depth: false,
      powerPreference: "low-power",
    });
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
    super.setEdges(spreadPairs(edges));
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
    // Filters change how strong edges are.
    if (marks.filtered !== before.filtered) this.#stage?.forget();
    this.#upload("top");
  }

  override setBatchEdges(edges: Uint32Array): void {
    if (edges === this.#given) return;
    this.#given = edges;
    // Of very many a sample has to do.
    super.setBatchEdges(edges.length > 2 * ALWAYS ? spreadPairs(edges) : edges);
    this.#upload("batchEdges");
  }

  override setColours(colours: MapColours): void {
    this.#stage?.forget();
    super.setColours(colours);
  }

  override resize(width: number, height: number, ratio: number): void {
    super.resize(width, height, ratio);
    this.#stage?.forget();
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
    for (const part of ["places", "marks", "top", "edges", "batchEdges"] as const) this.#upload(part);
  }

  #upload(part: "places" | "marks" | "top" | "edges" | "batchEdges"): void {
    const stage = this.#stage;
    if (stage === null || this.#gl.isContextLost()) return;
    if (part === "places") {
      stage.all.setPlaces(this.#from, this.positions);
      stage.forget();
    }
    if (part === "places" || part === "top") stage.setTop(this.marks.top, this.#from, this.positions);
    else if (part === "marks") {
      stage.all.setMarks(this.marks.bytes);
      stage.nodesStale = true;
    } else if (part === "edges") stage.setEdges(stage.edges, this.edges);
    else stage.setEdges(stage.batchEdges, this.batchEdges);
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
    const elapsed =
      this.#glideStart === null ? 1 : Math.min(1, (performance.now() - this.#glideStart) / GLIDE_MS);
    // The last frame of a glide is one at rest.
    if (this.#glideStart !== null) stage.forget();
    if (elapsed === 1) this.#glideStart = null;
    const look: Look = {
      camera: { scale: camera.scale, offsetX: camera.offsetX, offsetY: camera.offsetY },
      width: this.width,
      height: this.height,
      ratio: this.ratio,
      colours,
      grow: this.grow,
      blend: elapsed * elapsed * (3 - 2 * elapsed),
    };
    // While the view moves, the map moves as it is where it cannot be drawn anew for each frame.
    if (
      this.#moving &&
      !stage.nodes.empty &&
      stage.all.count + stage.edges.count > this.#pace.edgesIn(MOVING_MS)
    ) {
      stage.drawMoved(look, this.#seen, this.canvas);
      return;
    }
    const idle = !this.#pace.busy;
    this.#renew(stage, look);
    stage.onCanvas();
    stage.drawWhole(look);
    this.#shown = { at: performance.now(), edges: stage.edges.drawn, batchEdges: stage.batchEdges.drawn };
    if (this.#glideStart !== null) this.draw();
    else this.#tell(stage);
    if (idle && this.#pace.busy) this.#goOn(stage, look);
  }

  /** Draws more edges when the last are there: off the screen, until it is time to show them. */
  #goOn(stage: Stage, look: Look): void {
    this.#pace.after(() => {
      const { edges, batchEdges } = stage;
      const missing = edges.drawn < this.#most(edges) || batchEdges.drawn < this.#most(batchEdges);
      if (
        missing &&
        !this.#moving &&
        !stage.stale &&
        performance.now() - this.#shown.at < Math.max(SHOW_MS, this.#shown.at - this.#begun)
      ) {
        this.#renew(stage, look);
        this.#goOn(stage, look);
      } else if (missing || edges.drawn > this.#shown.edges || batchEdges.drawn > this.#shown.batchEdges)
        this.draw();
    });
  }

  /** Brings the layers to where the camera is, edges by a step. */
  #renew(stage: Stage, look: Look): void {
    const { edges, batchEdges, nodes } = stage;
    const { colours, camera } = look;
    const seen = this.#seen;
    if (seen.scale !== camera.scale || seen.offsetX !== camera.offsetX || seen.offsetY !== camera.offsetY)
      stage.forget();
    this.#seen = camera;
    const start = performance.now();
    if (edges.stale || batchEdges.stale) this.#begun = start;
    const alpha = Math.min(0.12, Math.max(0.012, 0.12 * Math.sqrt(6000 / Math.max(1, edges.count))));
    let drawn = this.#step(stage, look, edges, colours.edge, alpha, [colours.paper, 1]);
    // Few edges of the batch are drawn plainly; thousands would be all that is seen.
    const plain = Math.min(0.5, Math.max(0.012, 0.5 * (300 / Math.max(1, batchEdges.count)) ** 0.65));
    drawn += this.#step(stage, look, batchEdges, colours.batchEdge, plain, [NOTHING, 0]);
    if (drawn > 0 && !this.#pace.busy) this.#pace.drew(start, drawn);
    if (stage.nodesStale) {
      stage.nodesStale = false;
      nodes.use(this.canvas, 1);
      stage.clear(NOTHING, 0);
      stage.drawNodes(look, stage.all);
    }
  }

  /** Draws some more edges on their layer, the first of them on its ground; says how many. */
  #step(
    stage: Stage,
    look: Look,
    edges: Edges,
    rgb: Rgb,
    alpha: number,
    ground: readonly [Rgb, number],
  ): number {
    const most = this.#most(edges);
    if (!edges.stale && (edges.drawn >= most || this.#pace.busy)) return 0;
    const fits =
      2 * Math.max(this.canvas.width, this.canvas.height) <= this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE);
    const fineness = fits && look.ratio < FINE_RATIO && edges.count <= FINE_EDGES ? 2 : 1;
    edges.layer.use(this.canvas, fineness);
    const moves = this.#moving || this.#glideStart !== null;
    const ms = moves ? MOVING_MS : edges.stale ? FIRST_MS : STEP_MS;
    if (edges.stale) {
      stage.clear(...ground);
      edges.drawn = 0;
      edges.stale = false;
    }
    const start = edges.drawn;
    edges.drawn = Math.min(most, start + this.#pace.edgesIn(ms));
    stage.drawEdges(look, edges, start, edges.drawn, rgb, fineness * this.fade * alpha);
    return edges.drawn - start;
  }

  /** How many edges are drawn at rest. */
  #most({ count }: Edges): number {
    return Math.min(count, MAX_EDGES, Math.max(ALWAYS, this.#pace.edgesIn(MOST_MS)));
  }

  /** Says what shares of the edges are drawn, not with every step. */
  #tell({ edges, batchEdges }: Stage): void {
    const now = performance.now();
    const [all, batch] = [edges, batchEdges].map(({ count, drawn }) => (count === 0 ? 1 : drawn / count)) as [
      number,
      number,
    ];
    if (all === this.#told.all && batch === this.#told.batch) return;
    if ([edges, batchEdges].some((some) => some.drawn < this.#most(some)) && now - this.#told.at < SHOW_MS)
      return;
    this.#told = { all, batch, at: now };
    this.onShares({ all, batch });
  }

  readonly #onLost = (event: Event): void => {
    event.preventDefault();
    this.#pace.end();
    this.#stage = null;
  };

  readonly #onRestored = (): void => {
    this.#build();
  };
}
