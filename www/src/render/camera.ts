/** Rectangle in the layout's units. */
export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Nodes whose places are sorted, at most; of more, every second, third and so on. */
const MOST_SORTED = 30_000;

/** Where nearly all nodes are: the 0.5 to 99.5 % quantiles, so that a stray node does not shrink the rest. */
export function boundsOf(positions: Float32Array): Bounds {
  const all = positions.length / 2;
  if (all === 0) return { left: 0, top: 0, right: 1, bottom: 1 };
  const every = Math.ceil(all / MOST_SORTED);
  const n = Math.floor((all - 1) / every) + 1;
  const xs = new Float32Array(n);
  const ys = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    xs[i] = positions[2 * i * every]!;
    ys[i] = positions[2 * i * every + 1]!;
  }
  xs.sort();
  ys.sort();
  // Small graphs have no strays to leave out.
  const stray = n < 5000 ? 0 : 0.005;
  const low = Math.floor((n - 1) * stray);
  const high = n - 1 - low;
  const bounds = { left: xs[low]!, right: xs[high]!, top: ys[low]!, bottom: ys[high]! };
  if (bounds.right - bounds.left < 1e-6) bounds.right = bounds.left + 1e-6;
  if (bounds.bottom - bounds.top < 1e-6) bounds.bottom = bounds.top + 1e-6;
  return bounds;
}

/** Pixels at the edges of the map that are kept free. */
export interface Room {
  side: number;
  top: number;
  bottom: number;
}

const MAX_ZOOM = 200;
const MIN_ZOOM = 0.4;
/** From the layout's units to pixels of the map: `pixel = place * scale + offset`. */
export class Camera {
  scale = 1;
  offsetX = 0;
  offsetY = 0;
  /** Scale of the last fit, against which zoom is measured. */
  #fit = 1;
  /** True until the user moves the view: then a change of size fits again. */
  fitted = true;

  get zoom(): number {
    return this.scale / this.#fit;
  }

  /** Shows all; zoom is measured against it. */
  fit(bounds: Bounds, width: number, height: number, room: Room): void {
    this.show(bounds, width, height, room);
    this.#fit = this.scale;
    this.fitted = true;
  }

  /** Shows a part. */
  show(bounds: Bounds, width: number, height: number, room: Room): void {
    const spanX = bounds.right - bounds.left;
    const spanY = bounds.bottom - bounds.top;
    const x = Math.max(1, width - 2 * room.side) / spanX;
    const y = Math.max(1, height - room.top - room.bottom) / spanY;
    this.scale = Math.min(x, y);
    this.offsetX = (width - (bounds.left + bounds.right) * this.scale) / 2;
    this.offsetY = (height + room.top - room.bottom - (bounds.top + bounds.bottom) * this.scale) / 2;
    this.fitted = false;
  }

  pan(dx: number, dy: number): void {
    this.offsetX += dx;
    this.offsetY += dy;
    this.fitted = false;
  }

  zoomAt(x: number, y: number, factor: number): void {
    const next = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.zoom * factor));
    const by = next / this.zoom;
    this.offsetX = x - (x - this.offsetX) * by;
    this.offsetY = y - (y - this.offsetY) * by;
    this.scale *= by;
    this.fitted = false;
  }
}
