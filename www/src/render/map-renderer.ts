import type { Rgb } from "../core/colour.ts";
import { BYTES_PER_MARK, type Marks } from "../core/marks.ts";
import { boundsOf, Camera, type Bounds, type Room } from "./camera.ts";
import { link, shufflePairs } from "./program.ts";
import { EDGE_FRAGMENT, EDGE_VERTEX, NODE_FRAGMENT, NODE_VERTEX } from "./shaders.ts";

export interface MapColours {
  paper: Rgb;
  ring: Rgb;
  edge: Rgb;
  batchEdge: Rgb;
  accent: Rgb;
}

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
/** Pixels between nodes for which the sizes of marks are meant. */
const USUAL_ROOM = 9.5;
/** Room for two lines of legend below the nodes. */
const LEGEND = 56;
/** Edges beside nodes that filters keep. */
const FILTERED_EDGES = 0.4;
/** The most edges ever drawn. */
const MAX_EDGES = 1_500_000;

/** Draws nodes, edges and the selected batch. It keeps what it was given, so that it can start again after a lost context. */
export class MapRenderer {
  readonly camera = new Camera();
  /** Called when the share of edges drawn changes. */
  onShare: (share: number) => void = () => {};
  #gl: WebGL2RenderingContext;
  #context: Context | null = null;
  #edges: Uint32Array = new Uint32Array(0);
  #batchEdges: Uint32Array = new Uint32Array(0);
  #from: Float32Array = new Float32Array(0);
  #to: Float32Array = new Float32Array(0);
  #bounds: Bounds = { left: 0, top: 0, right: 1, bottom: 1 };
  #marks: Marks = { bytes: new Uint8Array(0), order: new Uint32Array(0), numOthers: 0, filtered: false };
  #colours: MapColours | null = null;
  /** Height of the legend. */
  #legend = 0;
  #width = 1;
  #height = 1;
  #ratio = 1;
  #frame = 0;
  #glideStart: number | null = null;
  #moving = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #share = 1;

  /** Throws when the machine has no WebGL2. */
  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: false, powerPreference: "low-power" });
    if (gl === null) throw new Error("this browser offers no WebGL2");
    this.#gl = gl;
    canvas.addEventListener("webglcontextlost", this.#onLost);
    canvas.addEventListener("webglcontextrestored", this.#onRestored);
    this.#build();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.canvas.removeEventListener("webglcontextlost", this.#onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.#onRestored);
    this.#context = null;
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  setEdges(edges: Uint32Array): void {
    this.#edges = shufflePairs(edges);
    this.#upload("edges");
  }

  /** Nodes glide to a layout of the same nodes, and jump to one of others. */
  setPositions(positions: Float32Array, glide: boolean): void {
    const same = glide && positions.length === this.#to.length;
    this.#from = same ? this.#to : positions;
    this.#to = positions;
    this.#glideStart = same ? performance.now() : null;
    this.#bounds = boundsOf(positions);
    if (!same || this.camera.fitted) this.fit();
    this.#upload("places");
  }

  setMarks(marks: Marks): void {
    this.#marks = marks;
    this.#upload("marks");
  }

  setBatchEdges(edges: Uint32Array): void {
    this.#batchEdges = edges;
    this.#upload("batchEdges");
  }

  setColours(colours: MapColours): void {
    this.#colours = colours;
    this.draw();
  }

  resize(width: number, height: number, ratio: number): void {
    if (width < 1 || height < 1) return;
    this.#width = width;
    this.#height = height;
    this.#ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (this.camera.fitted) this.fit();
    this.#paint();
  }

  /** Keeps pixels below the nodes free for the legend. */
  setLegend(height: number): void {
    const held = Math.min(height, 0.3 * this.#height);
    if (Math.abs(held - this.#legend) < 1) return;
    this.#legend = held;
    if (this.camera.fitted) this.fit();
  }

  fit(): void {
    this.camera.fit(this.#bounds, this.#width, this.#height, this.#room());
    this.draw();
  }

  /** Shows some nodes as large as they fit, but not so close that nothing is around them. */
  frame(nodes: Uint32Array): void {
    if (nodes.length === 0) return;
    const some = new Float32Array(2 * nodes.length);
    nodes.forEach((node, i) => some.set(this.#to.subarray(2 * node, 2 * node + 2), 2 * i));
    const { left, top, right, bottom } = boundsOf(some);
    const whole = this.#bounds;
    // At most an eighth of the map across.
    const least = Math.max(whole.right - whole.left, whole.bottom - whole.top) / 8;
    const wide = Math.max(0, least - (right - left)) / 2;
    const high = Math.max(0, least - (bottom - top)) / 2;
    this.camera.show({ left: left - wide, right: right + wide, top: top - high, bottom: bottom + high }, this.#width, this.#height, this.#room());
    this.#moved();
  }

  #room(): Room {
    const side = Math.min(28, this.#width * 0.05);
    return { side, top: side, bottom: Math.max(LEGEND, this.#legend) };
  }

  pan(dx: number, dy: number): void {
    this.camera.pan(dx, dy);
    this.#moved();
  }

  zoomAt(x: number, y: number, factor: number): void {
    this.camera.zoomAt(x, y, factor);
    this.#moved();
  }

  /** Draws with the next frame. */
  draw(): void {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#paint();
      });
    }
  }

  #moved(): void {
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
      fill(gl.ARRAY_BUFFER, context.places[1], this.#to, gl.STATIC_DRAW);
    } else if (part === "marks") {
      fill(gl.ARRAY_BUFFER, context.marks, this.#marks.bytes, gl.DYNAMIC_DRAW);
      fill(gl.ELEMENT_ARRAY_BUFFER, context.order, this.#marks.order, gl.DYNAMIC_DRAW);
    } else if (part === "edges") fill(gl.ELEMENT_ARRAY_BUFFER, context.edges, this.#edges, gl.STATIC_DRAW);
    else fill(gl.ELEMENT_ARRAY_BUFFER, context.batchEdges, this.#batchEdges, gl.DYNAMIC_DRAW);
    this.draw();
  }

  #paint(): void {
    const gl = this.#gl;
    const { nodes, lines, edges, batchEdges, order, array } = this.#context ?? {};
    const colours = this.#colours;
    if (!nodes || !lines || !edges || !batchEdges || !order || !array || colours === null || gl.isContextLost()) return;
    const elapsed = this.#glideStart === null ? 1 : Math.min(1, (performance.now() - this.#glideStart) / GLIDE_MS);
    if (elapsed >= 1) this.#glideStart = null;
    const blend = elapsed * elapsed * (3 - 2 * elapsed);
    const { scale, offsetX, offsetY, zoom } = this.camera;
    const view = [(2 * scale) / this.#width, (-2 * scale) / this.#height, (2 * offsetX) / this.#width - 1, 1 - (2 * offsetY) / this.#height] as const;
    const { left, top, right, bottom } = this.#bounds;
    // Marks follow the room that a node has when all are shown, and half of the zoom.
    const room = Math.sqrt(((right - left) * (bottom - top) * scale * scale) / (zoom * zoom) / Math.max(1, this.#to.length / 2));
    const grow = Math.min(1.5, Math.max(0.2, room / USUAL_ROOM)) * Math.min(2.4, Math.max(0.6, Math.sqrt(zoom)));
    const unit = ([r, g, b]: Rgb) => [r / 255, g / 255, b / 255] as const;
    const at = (program: WebGLProgram, name: string) => gl.getUniformLocation(program, name);

    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(...unit(colours.paper), 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    // Nodes that have marks but no place yet, or the other way round, are not drawn half.
    if (this.#marks.bytes.length !== (this.#to.length / 2) * BYTES_PER_MARK) return;
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
      gl.uniform1f(at(nodes, "pixelRatio"), this.#ratio);
      gl.uniform1f(at(nodes, "grow"), grow);
      gl.uniform3f(at(nodes, "ring"), ...unit(colours.ring));
      gl.uniform3f(at(nodes, "paper"), ...unit(colours.paper));
      gl.uniform3f(at(nodes, "accent"), ...unit(colours.accent));
    };

    const total = this.#edges.length / 2;
    const share = total === 0 ? 1 : Math.min(this.#moving && total > MANY_EDGES ? MOVING_SHARE : 1, MAX_EDGES / total);
    const fade = this.#marks.filtered ? FILTERED_EDGES : 1;
    setLine(colours.edge, fade * Math.min(0.12, Math.max(0.012, 0.12 * Math.sqrt(6000 / Math.max(1, total)))));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, edges);
    gl.drawElements(gl.LINES, 2 * Math.floor(total * share), gl.UNSIGNED_INT, 0);

    // Few edges of the batch are drawn plainly; thousands would be all that is seen.
    setLine(colours.batchEdge, fade * Math.min(0.5, Math.max(0.012, 0.5 * (300 / Math.max(1, this.#batchEdges.length / 2)) ** 0.65)));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, batchEdges);
    gl.drawElements(gl.LINES, this.#batchEdges.length, gl.UNSIGNED_INT, 0);

    const { numOthers } = this.#marks;
    setNodes();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
    gl.drawElements(gl.POINTS, numOthers, gl.UNSIGNED_INT, 0);

    gl.drawElements(gl.POINTS, this.#marks.order.length - numOthers, gl.UNSIGNED_INT, 4 * numOthers);

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
