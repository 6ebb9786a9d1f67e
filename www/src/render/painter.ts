import type { PictureOptions } from "ibmb";
import type { Rgb } from "../state/colour.ts";
import { type Bounds, boundsOf, Camera, type Room } from "./camera.ts";
import { BYTES_PER_MARK, type Marks } from "./marks.ts";

/** What of the edges is drawn, 0 to 1. */
export interface Shares {
  all: number;
  batch: number;
}

export interface MapColours {
  paper: Rgb;
  ring: Rgb;
  edge: Rgb;
  batchEdge: Rgb;
  accent: Rgb;
}

/** Pixels between nodes for which the sizes of marks are meant. */
const USUAL_ROOM = 9.5;
/** Room for two lines of legend below the nodes. */
const LEGEND = 56;
/** Share of the map's height that a legend may take from the nodes; it scrolls before it has more. */
const MOST_LEGEND = 0.45;
/** Edges beside nodes that filters keep. */
const FILTERED_EDGES = 0.4;

/**
 * What is on the map and from where it is seen; how it comes onto the canvas is up to those that extend it.
 */
export abstract class Painter {
  readonly camera = new Camera();
  /** Called when the shares of edges drawn change. */
  onShares: (shares: Shares) => void = () => {};
  protected edges: Uint32Array = new Uint32Array(0);
  protected batchEdges: Uint32Array = new Uint32Array(0);
  protected positions: Float32Array = new Float32Array(0);
  protected bounds: Bounds = { left: 0, top: 0, right: 1, bottom: 1 };
  protected marks: Marks = {
    bytes: new Uint8Array(0),
    top: { nodes: new Uint32Array(0), bytes: new Uint8Array(0) },
    filtered: false,
  };
  protected colours: MapColours | null = null;
  protected width = 1;
  protected height = 1;
  protected ratio = 1;
  /** Height of the legend. */
  #legend = 0;

  constructor(readonly canvas: HTMLCanvasElement) {}

  /** Draws soon. */
  abstract draw(): void;

  /** The view has moved, and may move on. */
  protected abstract moved(): void;

  abstract dispose(): void;

  setEdges(edges: Uint32Array): void {
    this.edges = edges;
  }

  /** Nodes may glide to a layout of the same nodes, and jump to one of others. */
  setPositions(positions: Float32Array, glide: boolean): void {
    const same = glide && positions.length === this.positions.length;
    this.positions = positions;
    this.bounds = boundsOf(positions);
    if (!same || this.camera.fitted) this.fit();
  }

  setMarks(marks: Marks): void {
    this.marks = marks;
  }

  setBatchEdges(edges: Uint32Array): void {
    this.batchEdges = edges;
  }

  setColours(colours: MapColours): void {
    this.colours = colours;
    this.draw();
  }

  resize(width: number, height: number, ratio: number): void {
    if (width < 1 || height < 1) return;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (this.camera.fitted) this.fit();
  }

  /** Keeps pixels below the nodes free for the legend. */
  setLegend(height: number): void {
    const held = Math.min(height, MOST_LEGEND * this.height);
    if (Math.abs(held - this.#legend) < 1) return;
    this.#legend = held;
    if (this.camera.fitted) this.fit();
  }

  fit(): void {
    this.camera.fit(this.bounds, this.width, this.height, this.#room());
    this.draw();
  }

  /** Shows some nodes as large as they fit, but not so close that nothing is around them. */
  frame(nodes: Uint32Array): void {
    if (nodes.length === 0) return;
    const some = new Float32Array(2 * nodes.length);
    nodes.forEach((node, i) => some.set(this.positions.subarray(2 * node, 2 * node + 2), 2 * i));
    const { left, top, right, bottom } = boundsOf(some);
    const whole = this.bounds;
    // At most an eighth of the map across.
    const least = Math.max(whole.right - whole.left, whole.bottom - whole.top) / 8;
    const wide = Math.max(0, least - (right - left)) / 2;
    const high = Math.max(0, least - (bottom - top)) / 2;
    this.camera.show(
      { left: left - wide, right: right + wide, top: top - high, bottom: bottom + high },
      this.width,
      this.height,
      this.#room(),
    );
    this.moved();
  }

  pan(dx: number, dy: number): void {
    this.camera.pan(dx, dy);
    this.moved();
  }

  zoomAt(x: number, y: number, factor: number): void {
    this.camera.zoomAt(x, y, factor);
    this.moved();
  }

  /**
   * What the engine needs to draw the map as it is seen; `null` while there is nothing to see. `ratio`:
   * pixels per pixel of the page.
   */
  picture(ratio: number): PictureOptions | null {
    const { marks, positions, colours, camera } = this;
    if (colours === null || positions.length === 0 || !this.whole) return null;
    return {
      width: Math.round(this.width * ratio),
      height: Math.round(this.height * ratio),
      positions,
      scale: camera.scale * ratio,
      offsetX: camera.offsetX * ratio,
      offsetY: camera.offsetY * ratio,
      ...allMarks(marks),
      grow: this.grow,
      ratio,
      fade: this.fade,
      batchEdges: this.batchEdges,
      colours,
    };
  }

  /** Every node has a place and a mark. Nodes that have only one of them are not drawn half. */
  protected get whole(): boolean {
    return this.marks.bytes.length === 4 * this.positions.length;
  }

  /**
   * Factor of the sizes of marks: they follow the room that a node has when all are shown, and half of the
   * zoom.
   */
  protected get grow(): number {
    const { left, top, right, bottom } = this.bounds;
    const { scale, zoom } = this.camera;
    const room = Math.sqrt(
      ((right - left) * (bottom - top) * scale * scale) /
        (zoom * zoom) /
        Math.max(1, this.positions.length / 2),
    );
    return Math.min(1.5, Math.max(0.2, room / USUAL_ROOM)) * Math.min(2.4, Math.max(0.6, Math.sqrt(zoom)));
  }

  /** Factor of the edges' opacity. */
  protected get fade(): number {
    return this.marks.filtered ? FILTERED_EDGES : 1;
  }

  #room(): Room {
    const side = Math.min(28, this.width * 0.05);
    return { side, top: side, bottom: Math.max(LEGEND, this.#legend) };
  }
}

/** Marks of every node as one, and the order in which they are drawn. */
function allMarks({ bytes, top }: Marks): { marks: Uint8Array; order: Uint32Array } {
  const marks = bytes.slice();
  const order = new Uint32Array(bytes.length / BYTES_PER_MARK);
  const above = new Uint8Array(order.length);
  top.nodes.forEach((node, i) => {
    above[node] = 1;
    marks.set(top.bytes.subarray(i * BYTES_PER_MARK, (i + 1) * BYTES_PER_MARK), node * BYTES_PER_MARK);
  });
  let next = 0;
  for (let node = 0; node < order.length; node++) if (above[node] === 0) order[next++] = node;
  order.set(top.nodes, next);
  return { marks, order };
}
