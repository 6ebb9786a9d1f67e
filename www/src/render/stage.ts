import type { Rgb } from "../state/colour.ts";
import type { Camera } from "./camera.ts";
import { Layer } from "./layer.ts";
import { BYTES_PER_MARK, type TopMarks } from "./marks.ts";
import type { MapColours } from "./painter.ts";
import { link } from "./program.ts";
import {
  EDGE_FRAGMENT,
  EDGE_VERTEX,
  LAYERS_FRAGMENT,
  MOVED_FRAGMENT,
  NODE_FRAGMENT,
  NODE_VERTEX,
  PICTURE_VERTEX,
} from "./shaders.ts";

/** What a frame is drawn by. */
export interface Look {
  camera: Pick<Camera, "scale" | "offsetX" | "offsetY">;
  /** Pixels of the page. */
  width: number;
  height: number;
  /** Device pixels per pixel of the page. */
  ratio: number;
  colours: MapColours;
  /** Factor of the sizes of marks. */
  grow: number;
  /** How far nodes have come from their last places to the next, 0 to 1. */
  blend: number;
}

/** Nodes with a mark each, where they come from and where they go. */
class NodeBuffers {
  readonly array: WebGLVertexArrayObject;
  readonly #gl: WebGL2RenderingContext;
  readonly #buffers: readonly [from: WebGLBuffer, to: WebGLBuffer, marks: WebGLBuffer];
  count = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.array = gl.createVertexArray();
    this.#buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
    gl.bindVertexArray(this.array);
    this.#buffers.forEach((buffer, location) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(location);
      if (location < 2) gl.vertexAttribPointer(location, 2, gl.FLOAT, false, 8, 0);
      else gl.vertexAttribPointer(location, 4, gl.UNSIGNED_BYTE, true, BYTES_PER_MARK, 0);
    });
    gl.enableVertexAttribArray(3);
    gl.vertexAttribPointer(3, 2, gl.UNSIGNED_BYTE, false, BYTES_PER_MARK, 4);
  }

  setPlaces(from: Float32Array, to: Float32Array): void {
    this.#fill(0, from);
    this.#fill(1, to);
  }

  setMarks(bytes: Uint8Array): void {
    this.#fill(2, bytes);
    this.count = bytes.length / BYTES_PER_MARK;
  }

  #fill(which: 0 | 1 | 2, data: Float32Array | Uint8Array): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[which]);
    gl.bufferData(gl.ARRAY_BUFFER, data as AllowSharedBufferSource, gl.DYNAMIC_DRAW);
  }
}

/** Pairs of nodes, and the layer on which they are drawn. */
export class Edges {
  readonly buffer: WebGLBuffer;
  readonly layer: Layer;
  count = 0;
  /** How many are on the layer. */
  drawn = 0;
  /** The layer has to be drawn anew. */
  stale = true;

  constructor(gl: WebGL2RenderingContext) {
    this.buffer = gl.createBuffer();
    this.layer = new Layer(gl);
  }
}

/**
 * What the graphics processor keeps of a map, and the commands that draw it. A lost context takes the stage
 * with it.
 */
export class Stage {
  readonly all: NodeBuffers;
  readonly top: NodeBuffers;
  readonly edges: Edges;
  readonly batchEdges: Edges;
  /** All nodes. */
  readonly nodes: Layer;
  nodesStale = true;
  /** The map as it was before it was moved, and what of. */
  readonly #whole: Layer;
  wholeStale = true;
  readonly #gl: WebGL2RenderingContext;
  readonly #programs: Readonly<Record<"nodes" | "lines" | "layers" | "moved", WebGLProgram>>;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#programs = {
      nodes: link(gl, NODE_VERTEX, NODE_FRAGMENT),
      lines: link(gl, EDGE_VERTEX, EDGE_FRAGMENT),
      layers: link(gl, PICTURE_VERTEX, LAYERS_FRAGMENT),
      moved: link(gl, PICTURE_VERTEX, MOVED_FRAGMENT),
    };
    this.all = new NodeBuffers(gl);
    this.top = new NodeBuffers(gl);
    this.edges = new Edges(gl);
    this.batchEdges = new Edges(gl);
    this.nodes = new Layer(gl);
    this.#whole = new Layer(gl);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** All layers have to be drawn anew. */
  forget(): void {
    this.edges.stale = this.batchEdges.stale = this.nodesStale = true;
  }

  get stale(): boolean {
    return this.edges.stale || this.batchEdges.stale || this.nodesStale;
  }

  setEdges(edges: Edges, pairs: Uint32Array): void {
    const gl = this.#gl;
    gl.bindVertexArray(this.all.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, edges.buffer);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, pairs as AllowSharedBufferSource, gl.STATIC_DRAW);
    edges.count = pairs.length / 2;
    edges.stale = true;
  }

  /** Gives the nodes above all others their places and marks. */
  setTop({ nodes, bytes }: TopMarks, from: Float32Array, to: Float32Array): void {
    const placesAt = (places: Float32Array) => {
      const out = new Float32Array(2 * nodes.length);
      nodes.forEach((node, i) => {
        out[2 * i] = places[2 * node]!;
        out[2 * i + 1] = places[2 * node + 1]!;
      });
      return out;
    };
    const last = placesAt(to);
    this.top.setPlaces(from === to ? last : placesAt(from), last);
    this.top.setMarks(bytes);
  }

  /** What is drawn next goes onto the canvas. */
  onCanvas(): void {
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  }

  clear([red, green, blue]: Rgb, alpha: number): void {
    const gl = this.#gl;
    gl.clearColor(red / 255, green / 255, blue / 255, alpha);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /** Draws edges from one to another. */
  drawEdges(look: Look, { buffer }: Edges, start: number, end: number, rgb: Rgb, alpha: number): void {
    const gl = this.#gl;
    const program = this.#use("lines", look);
    gl.uniform4f(gl.getUniformLocation(program, "line"), ...unit(rgb), Math.min(1, alpha));
    gl.bindVertexArray(this.all.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
    gl.drawElements(gl.LINES, 2 * (end - start), gl.UNSIGNED_INT, 8 * start);
  }

  drawNodes(look: Look, { array, count }: NodeBuffers): void {
    const gl = this.#gl;
    const program = this.#use("nodes", look);
    gl.uniform1f(gl.getUniformLocation(program, "pixelRatio"), look.ratio);
    gl.uniform1f(gl.getUniformLocation(program, "grow"), look.grow);
    for (const name of ["ring", "paper", "accent"] as const)
      gl.uniform3f(gl.getUniformLocation(program, name), ...unit(look.colours[name]));
    gl.bindVertexArray(array);
    gl.drawArrays(gl.POINTS, 0, count);
  }

  /**
   * Draws everything as the layers have it: all edges, edges of the batch, all nodes, and those above all
   * others.
   */
  drawWhole(look: Look): void {
    this.#drawPicture("layers", [1, 1, 0, 0], {
      edges: this.edges.layer,
      batchEdges: this.batchEdges.layer,
      nodes: this.nodes,
    });
    this.drawNodes(look, this.top);
    this.wholeStale = true;
  }

  /** Draws everything on the canvas as it was seen before the view moved. */
  drawMoved(look: Look, seen: Look["camera"], canvas: HTMLCanvasElement): void {
    if (this.wholeStale) {
      this.#whole.use(canvas, 1);
      this.drawWhole({ ...look, camera: seen });
      this.wholeStale = false;
    }
    const {
      camera: { scale, offsetX, offsetY },
      width,
      height,
    } = look;
    const by = seen.scale / scale;
    this.onCanvas();
    const gl = this.#gl;
    gl.useProgram(this.#programs.moved);
    gl.uniform3f(gl.getUniformLocation(this.#programs.moved, "paper"), ...unit(look.colours.paper));
    this.#drawPicture(
      "moved",
      [by, by, (seen.offsetX - by * offsetX) / width, 1 - by - (seen.offsetY - by * offsetY) / height],
      { whole: this.#whole },
    );
  }

  #drawPicture(
    name: "layers" | "moved",
    seen: readonly [number, number, number, number],
    layers: Readonly<Record<string, Layer>>,
  ): void {
    const gl = this.#gl;
    const program = this.#programs[name];
    gl.useProgram(program);
    gl.uniform4f(gl.getUniformLocation(program, "seen"), ...seen);
    Object.entries(layers).forEach(([layer, { texture }], i) => {
      gl.activeTexture(gl.TEXTURE0 + i);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform1i(gl.getUniformLocation(program, layer), i);
    });
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #use(
    name: "nodes" | "lines",
    { camera: { scale, offsetX, offsetY }, width, height, blend }: Look,
  ): WebGLProgram {
    const gl = this.#gl;
    const program = this.#programs[name];
    gl.useProgram(program);
    gl.uniform4f(
      gl.getUniformLocation(program, "view"),
      (2 * scale) / width,
      (-2 * scale) / height,
      (2 * offsetX) / width - 1,
      1 - (2 * offsetY) / height,
    );
    gl.uniform1f(gl.getUniformLocation(program, "blend"), blend);
    return program;
  }
}

const unit = ([r, g, b]: Rgb) => [r / 255, g / 255, b / 255] as const;
