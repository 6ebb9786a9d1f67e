import type { Rgb } from "../core/colour.ts";
import { BYTES_PER_MARK, type Marks } from "../core/marks.ts";
import { Painter } from "./painter.ts";
import { link, shufflePairs } from "./program.ts";
import { EDGE_FRAGMENT, EDGE_VERTEX, NODE_FRAGMENT, NODE_VERTEX } from "./shaders.ts";

interface Context {
  nodes: WebGLProgram;
  lines: WebGLProgram;
  places: [WebGLBuffer, WebGLBuffer];
  marks: WebGLBuffer;
  order: WebGLBuffer;
  edges: WebGLBuffer;
  batchEdges: WebGLBuffer;
  array: WebGLVertexArrayObject;
}

const GLIDE_MS = 180;
/** More edges than this are sampled while the view moves. */
const MANY_EDGES = 60_000;
const MOVING_SHARE = 0.1;
/** The most edges ever drawn. */
const MAX_EDGES = 1_500_000;

/** Draws by WebGL2. It keeps what it was given, so that it can start again after a lost context. */
export class MapRenderer extends Painter {
  #gl: WebGL2RenderingContext;
  #context: Context | null = null;
  #from: Float32Array = new Float32Array(0);
  #frame = 0;
  #glideStart: number | null = null;
  #moving = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #share = 1;

  /** Throws when the machine has no WebGL2. */
  constructor(canvas: HTMLCanvasElement) {
    super(canvas);
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: false, powerPreference: "low-power" });
    if (gl === null) throw new Error("this browser offers no WebGL2");
    this.#gl = gl;
    canvas.addEventListener("webglcontextlost", this.#onLost);
    canvas.addEventListener("webglcontextrestored", this.#onRestored);
    this.#build();
  }

  override dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.canvas.removeEventListener("webglcontextlost", this.#onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.#onRestored);
    this.#context = null;
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
    super.setMarks(marks);
    this.#upload("marks");
  }

  override setBatchEdges(edges: Uint32Array): void {
    super.setBatchEdges(edges);
    this.#upload("batchEdges");
  }

  override resize(width: number, height: number, ratio: number): void {
    super.resize(width, height, ratio);
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
    }, 160);
    this.draw();
  }

  #build(): void {
    const gl = this.#gl;
    const array = gl.createVertexArray();
    this.#context = {
      nodes: link(gl, NODE_VERTEX, NODE_FRAGMENT),
      lines: link(gl, EDGE_VERTEX, EDGE_FRAGMENT),
      places: [gl.createBuffer(), gl.createBuffer()],
      marks: gl.createBuffer(), order: gl.createBuffer(), edges: gl.createBuffer(), batchEdges: gl.createBuffer(),
      array,
    };
    const { places, marks } = this.#context;
    gl.bindVertexArray(array);
    places.forEach((buffer, location) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, 2, gl.FLOAT, false, 8, 0);
    });
    gl.bindBuffer(gl.ARRAY_BUFFER, marks);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribPointer(2, 4, gl.UNSIGNED_BYTE, true, BYTES_PER_MARK, 0);
    gl.enableVertexAttribArray(3);
    gl.vertexAttribPointer(3, 2, gl.UNSIGNED_BYTE, false, BYTES_PER_MARK, 4);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const part of ["places", "marks", "edges", "batchEdges"] as const) this.#upload(part);
  }

  #upload(part: "places" | "marks" | "edges" | "batchEdges"): void {
    const gl = this.#gl;
    const context = this.#context;
    if (context === null || gl.isContextLost()) return;
    const fill = (target: number, buffer: WebGLBuffer, data: AllowSharedBufferSource, usage: number) => {
      gl.bindBuffer(target, buffer);
      gl.bufferData(target, data, usage);
    };
    gl.bindVertexArray(context.array);
    if (part === "places") {
      fill(gl.ARRAY_BUFFER, context.places[0], this.#from, gl.STATIC_DRAW);
      fill(gl.ARRAY_BUFFER, context.places[1], this.positions, gl.STATIC_DRAW);
    } else if (part === "marks") {
      fill(gl.ARRAY_BUFFER, context.marks, this.marks.bytes, gl.DYNAMIC_DRAW);
      fill(gl.ELEMENT_ARRAY_BUFFER, context.order, this.marks.order, gl.DYNAMIC_DRAW);
    } else if (part === "edges") fill(gl.ELEMENT_ARRAY_BUFFER, context.edges, this.edges, gl.STATIC_DRAW);
    else fill(gl.ELEMENT_ARRAY_BUFFER, context.batchEdges, this.batchEdges, gl.DYNAMIC_DRAW);
    this.draw();
  }

  #paint(): void {
    const gl = this.#gl;
    const { nodes, lines, edges, batchEdges, order, array } = this.#context ?? {};
    const colours = this.colours;
    if (!nodes || !lines || !edges || !batchEdges || !order || !array || colours === null || gl.isContextLost()) return;
    const elapsed = this.#glideStart === null ? 1 : Math.min(1, (performance.now() - this.#glideStart) / GLIDE_MS);
    if (elapsed >= 1) this.#glideStart = null;
    const blend = elapsed * elapsed * (3 - 2 * elapsed);
    const { scale, offsetX, offsetY } = this.camera;
    const view = [(2 * scale) / this.width, (-2 * scale) / this.height, (2 * offsetX) / this.width - 1, 1 - (2 * offsetY) / this.height] as const;
    const unit = ([r, g, b]: Rgb) => [r / 255, g / 255, b / 255] as const;
    const at = (program: WebGLProgram, name: string) => gl.getUniformLocation(program, name);

    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(...unit(colours.paper), 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.whole) return;
    gl.bindVertexArray(array);

    const setLine = (rgb: Rgb, alpha: number) => {
      gl.useProgram(lines);
      gl.uniform4f(at(lines, "view"), ...view);
      gl.uniform1f(at(lines, "blend"), blend);
      gl.uniform4f(at(lines, "line"), ...unit(rgb), alpha);
    };
    const setNodes = () => {
      gl.useProgram(nodes);
      gl.uniform4f(at(nodes, "view"), ...view);
      gl.uniform1f(at(nodes, "blend"), blend);
      gl.uniform1f(at(nodes, "pixelRatio"), this.ratio);
      gl.uniform1f(at(nodes, "grow"), this.grow);
      gl.uniform3f(at(nodes, "ring"), ...unit(colours.ring));
      gl.uniform3f(at(nodes, "paper"), ...unit(colours.paper));
      gl.uniform3f(at(nodes, "accent"), ...unit(colours.accent));
    };

    const total = this.edges.length / 2;
    const share = total === 0 ? 1 : Math.min(this.#moving && total > MANY_EDGES ? MOVING_SHARE : 1, MAX_EDGES / total);
    setLine(colours.edge, this.fade * Math.min(0.12, Math.max(0.012, 0.12 * Math.sqrt(6000 / Math.max(1, total)))));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, edges);
    gl.drawElements(gl.LINES, 2 * Math.floor(total * share), gl.UNSIGNED_INT, 0);

    // Few edges of the batch are drawn plainly; thousands would be all that is seen.
    setLine(colours.batchEdge, this.fade * Math.min(0.5, Math.max(0.012, 0.5 * (300 / Math.max(1, this.batchEdges.length / 2)) ** 0.65)));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, batchEdges);
    gl.drawElements(gl.LINES, this.batchEdges.length, gl.UNSIGNED_INT, 0);

    const { numOthers } = this.marks;
    setNodes();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
    gl.drawElements(gl.POINTS, numOthers, gl.UNSIGNED_INT, 0);

    gl.drawElements(gl.POINTS, this.marks.order.length - numOthers, gl.UNSIGNED_INT, 4 * numOthers);

    if (share !== this.#share) {
      this.#share = share;
      this.onShare(share);
    }
    if (this.#glideStart !== null) this.draw();
  }

  #onLost = (event: Event): void => {
    event.preventDefault();
    this.#context = null;
  };

  #onRestored = (): void => {
    this.#build();
  };
}
