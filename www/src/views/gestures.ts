export interface Spot {
  x: number;
  y: number;
}

export interface GestureHandlers {
  pan(dx: number, dy: number): void;
  zoom(x: number, y: number, factor: number): void;
  hover(spot: Spot | null): void;
  /** `beside`: with Shift held. */
  click(spot: Spot, beside: boolean): void;
  open(spot: Spot): void;
  /** Whether a drag draws an area instead of moving the map. */
  drawing(): boolean;
  /** The area drawn so far. */
  draw(line: readonly Spot[]): void;
  /** The area is closed; `null` when the drag was given up. */
  drawn(line: readonly Spot[] | null, beside: boolean): void;
}

const CLICK_SLACK = 5;

/**
 * Pointer, wheel and pinch on an element, as pan, zoom, hover, click, open (double click) and drawing an
 * area.
 */
export class Gestures {
  readonly #pointers = new Map<number, Spot>();
  #travel = 0;
  #pinch = 0;
  /** The area that is being drawn. */
  #line: Spot[] | null = null;
  readonly #ended = new AbortController();

  constructor(
    readonly element: HTMLElement,
    readonly handlers: GestureHandlers,
  ) {
    const options = { signal: this.#ended.signal };
    element.addEventListener("pointerdown", this.#onDown, options);
    element.addEventListener("pointermove", this.#onMove, options);
    element.addEventListener("pointerup", this.#onUp, options);
    element.addEventListener("pointercancel", this.#onUp, options);
    element.addEventListener("pointerleave", () => handlers.hover(null), options);
    element.addEventListener("dblclick", (event) => handlers.open(this.#spot(event)), options);
    element.addEventListener("wheel", this.#onWheel, { ...options, passive: false });
  }

  end(): void {
    this.#ended.abort();
    this.#pointers.clear();
  }

  #spot(event: MouseEvent): Spot {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  readonly #onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#spot(event));
    if (this.#pointers.size === 1) {
      this.#travel = 0;
      this.#line = this.handlers.drawing() ? [this.#spot(event)] : null;
    } else this.#giveUp();
    this.#pinch = this.#span();
  };

  readonly #onMove = (event: PointerEvent): void => {
    const spot = this.#spot(event);
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== "touch") this.handlers.hover(spot);
      return;
    }
    this.#pointers.set(event.pointerId, spot);
    const dx = spot.x - before.x;
    const dy = spot.y - before.y;
    this.#travel += Math.hypot(dx, dy);
    if (this.#travel < CLICK_SLACK) return;
    this.handlers.hover(null);
    if (this.#line !== null) {
      this.#line.push(spot);
      this.handlers.draw(this.#line);
      return;
    }
    const fingers = this.#pointers.size;
    this.handlers.pan(dx / fingers, dy / fingers);
    if (fingers === 2) {
      const [a, b] = [...this.#pointers.values()] as [Spot, Spot];
      const span = this.#span();
      if (this.#pinch > 0) this.handlers.zoom((a.x + b.x) / 2, (a.y + b.y) / 2, span / this.#pinch);
      this.#pinch = span;
    }
  };

  readonly #onUp = (event: PointerEvent): void => {
    const known = this.#pointers.delete(event.pointerId);
    this.#pinch = this.#span();
    if (event.type === "pointercancel") return this.#giveUp();
    if (!known || this.#pointers.size > 0) return;
    const line = this.#line;
    this.#line = null;
    if (this.#travel < CLICK_SLACK) this.handlers.click(this.#spot(event), event.shiftKey);
    else if (line !== null) this.handlers.drawn(line, event.shiftKey);
  };

  #giveUp(): void {
    if (this.#line !== null) this.handlers.drawn(null, false);
    this.#line = null;
  }

  readonly #onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { x, y } = this.#spot(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.handlers.zoom(x, y, Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * 0.002));
  };

  #span(): number {
    if (this.#pointers.size !== 2) return 0;
    const [a, b] = [...this.#pointers.values()] as [Spot, Spot];
    return Math.hypot(a.x - b.x, a.y - b.y);
  }
}
