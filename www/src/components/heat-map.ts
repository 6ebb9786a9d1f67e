import { css, html, LitElement } from "lit";
import { css as cssColour, GREY, type Rgb, scoreColour } from "../state/colour.ts";
import { shared } from "./base.ts";
import { effectiveTheme, followTheme } from "./theme.ts";

const STEPS = 64;
/** Cells at least this wide show the steps of the way as rings. */
const RING_AT = 7;
const SIDE = 560;

/** Whether the cells of so many batches are wide enough for marks of the way. */
export const showsWay = (size: number): boolean => size > 1 && Math.floor(SIDE / size) >= RING_AT;

/** Squares with so few rows have the words in their cells. */
const MOST_WRITTEN = 8;

/**
 * A square of values between batches, whose diagonal says nothing and is grey, or between classes, where it
 * says the most.
 */
export class HeatMap extends LitElement {
  static override properties = {
    values: { attribute: false },
    size: { type: Number },
    label: {},
    format: { attribute: false },
    way: { attribute: false },
    chosen: { type: Number },
    step: { attribute: false },
    diagonal: { type: Boolean },
    words: { attribute: false },
    written: { attribute: false },
    at: { state: true },
  };
  /** `size * size`, row-major, not negative. */
  declare values: Float64Array | Uint32Array;
  declare size: number;
  declare label: string;
  declare format: (value: number) => string;
  /** A closed way through the batches, of which every step is marked. */
  declare way: Uint32Array | undefined;
  /** The batch whose row is marked. */
  declare chosen: number | undefined;
  /** A step of the way, from row to column, that stands out. */
  declare step: readonly [number, number] | undefined;
  /** Whether the diagonal has values as other cells have. */
  declare diagonal: boolean;
  /** What is said of a cell under the pointer; default: row, column and value. */
  declare words: ((row: number, column: number) => string) | undefined;
  /** What stands in a cell where there are few. */
  declare written: ((row: number, column: number) => string) | undefined;
  /** The cell under the pointer. */
  declare at: readonly [number, number] | null;

  static override styles = [
    shared,
    css`
    .box { display: grid; gap: 3px; max-width: var(--side, 220px); }
    canvas { width: 100%; aspect-ratio: 1; display: block; border: 1px solid var(--line); image-rendering: pixelated; }
    .key { display: flex; gap: 6px; align-items: center; font-size: 11px; color: var(--quiet); min-height: 17px; }
    .ramp { flex: 1; height: 7px; border-radius: 2px; background: linear-gradient(to right, var(--from), var(--middle), var(--to)); }
  `,
  ];

  constructor() {
    super();
    followTheme(this);
    this.at = null;
    this.format = String;
  }

  override render() {
    const { size, values, at, format } = this;
    const theme = effectiveTheme();
    const cell = at === null || at[0] >= size || at[1] >= size ? null : at;
    const ramp = [0, 0.5, 1].map((t) => cssColour(scoreColour(t, theme)));
    return html`<div class="box">
      <canvas role="img" aria-label=${this.label} @pointermove=${this.#onMove} @pointerleave=${() => (this.at = null)}></canvas>
      <div class="key" aria-hidden="true">${
        cell !== null
          ? html`<span class="clip">${this.words?.(...cell) ?? `${cell[0]} – ${cell[1]}: ${cell[0] === cell[1] && !this.diagonal ? "itself" : format(values[cell[0] * size + cell[1]]!)}`}</span>`
          : html`<span>0</span><span class="ramp" .style=${`--from: ${ramp[0]}; --middle: ${ramp[1]}; --to: ${ramp[2]}`}></span><span>${format(this.#most())}</span>`
      }</div>
    </div>`;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    // The pointer alone changes no colour.
    if (!(changed.size === 1 && changed.has("at"))) this.#draw();
  }

  #most(): number {
    const { size, values } = this;
    let most = 0;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        if (a !== b || this.diagonal) most = Math.max(most, values[a * size + b]!);
    return most;
  }

  #draw(): void {
    const { size, values } = this;
    const canvas = this.renderRoot.querySelector("canvas")!;
    const width = Math.max(1, Math.floor(SIDE / size));
    canvas.width = canvas.height = size * width;
    const context = canvas.getContext("2d");
    if (context === null || size === 0) return;
    const theme = effectiveTheme();
    const colours = Array.from({ length: STEPS }, (_, i) => scoreColour(i / (STEPS - 1), theme));
    const most = this.#most() || 1;
    const picture = context.createImageData(size, size);
    for (let i = 0; i < values.length; i++) {
      const onDiagonal = !this.diagonal && i % (size + 1) === 0;
      const [r, g, b] = onDiagonal ? GREY[theme] : colours[Math.round((values[i]! / most) * (STEPS - 1))]!;
      picture.data.set([r, g, b, onDiagonal ? 90 : 255], 4 * i);
    }
    const small = new OffscreenCanvas(size, size);
    small.getContext("2d")!.putImageData(picture, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    if (this.written !== undefined && size <= MOST_WRITTEN)
      this.#write(context, width, (i) => colours[Math.round((values[i]! / most) * (STEPS - 1))]!);
    this.#mark(context, width);
  }

  /** Words in black or white, whichever stands out. */
  #write(context: CanvasRenderingContext2D, width: number, colourAt: (i: number) => Rgb): void {
    context.font = `${Math.min(26, width / 2.6)}px ${getComputedStyle(this).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let i = 0; i < this.values.length; i++) {
      const [row, column] = [Math.floor(i / this.size), i % this.size];
      const [r, g, b] = colourAt(i);
      context.fillStyle = 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "rgb(0 0 0)" : "rgb(255 255 255)";
      context.fillText(this.written!(row, column), (column + 0.5) * width, (row + 0.5) * width, width * 0.9);
    }
  }

  #mark(context: CanvasRenderingContext2D, width: number): void {
    const { size, way, chosen, step } = this;
    const style = getComputedStyle(this);
    if (chosen !== undefined && chosen < size && size > 1) {
      context.strokeStyle = style.getPropertyValue("color");
      context.lineWidth = Math.max(2, width / 12);
      const half = context.lineWidth / 2;
      context.strokeRect(half, chosen * width + half, size * width - 2 * half, Math.max(width, 3) - 2 * half);
    }
    if (step !== undefined) this.#frame(context, width, step);
    if (way === undefined || !showsWay(size)) return;
    context.lineWidth = Math.max(1.5, width / 12);
    for (let i = 0; i < size; i++) {
      const [a, b] = [way[i]!, way[(i + 1) % size]!];
      context.beginPath();
      context.arc((b + 0.5) * width, (a + 0.5) * width, width * 0.28, 0, 2 * Math.PI);
      context.strokeStyle = "rgb(0 0 0)";
      context.fillStyle = "rgb(255 255 255)";
      context.fill();
      context.stroke();
    }
  }

  /** A box around a cell, seen on any colour and also where a cell is a pixel or two. */
  #frame(context: CanvasRenderingContext2D, width: number, [row, column]: readonly [number, number]): void {
    const side = Math.max(width, 9);
    const [x, y] = [(column + 0.5) * width - side / 2, (row + 0.5) * width - side / 2];
    for (const [colour, line] of [
      ["rgb(255 255 255)", 6],
      ["rgb(0 0 0)", 3],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.strokeRect(x, y, side, side);
    }
  }

  readonly #onMove = (event: PointerEvent): void => {
    const box = (event.target as HTMLElement).getBoundingClientRect();
    const place = (offset: number, length: number) =>
      Math.min(this.size - 1, Math.max(0, Math.floor((offset / length) * this.size)));
    this.at = [place(event.clientY - box.top, box.height), place(event.clientX - box.left, box.width)];
  };
}

customElements.define("ibmb-heat-map", HeatMap);
