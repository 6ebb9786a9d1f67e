import type { PictureOptions } from "ibmb";
import type { Marks } from "./marks.ts";
import { Painter } from "./painter.ts";

/** Draws a picture in the engine; `null` when it cannot be. */
export type DrawPicture = (options: PictureOptions) => Promise<Uint8ClampedArray<ArrayBuffer> | null>;

/** While the view moves the last picture moves with it; the next is drawn at rest. */
const REST_MS = 90;

/** The last picture, and from where it was seen. */
interface Shown {
  bitmap: HTMLCanvasElement;
  scale: number;
  offsetX: number;
  offsetY: number;
}

/** Draws without a graphics card: pictures come from the engine. */
export class SoftRenderer extends Painter {
  readonly #context: CanvasRenderingContext2D;
  readonly #draw: DrawPicture;
  #shown: Shown | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A picture is being drawn; `again`: and what it shows has changed since. */
  #drawing: "no" | "yes" | "again" = "no";
  #ended = false;

  /** Throws when the canvas cannot be drawn on at all. */
  constructor(canvas: HTMLCanvasElement, draw: DrawPicture) {
    super(canvas);
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws neither by WebGL2 nor on a canvas");
    this.#context = context;
    this.#draw = draw;
  }

  override dispose(): void {
    clearTimeout(this.#timer);
    this.#ended = true;
  }

  override setPositions(positions: Float32Array, glide: boolean): void {
    super.setPositions(positions, glide);
    this.draw();
  }

  override setMarks(marks: Marks): void {
    super.setMarks(marks);
    this.draw();
  }

  override setBatchEdges(edges: Uint32Array): void {
    super.setBatchEdges(edges);
    this.draw();
  }

  override resize(width: number, height: number, ratio: number): void {
    super.resize(width, height, ratio);
    this.#show();
    this.draw();
  }

  override draw(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#request(), 0);
  }

  protected override moved(): void {
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#request(), REST_MS);
  }

  /** One picture at a time: wishes that come meanwhile are one wish for the next. */
  async #request(): Promise<void> {
    if (this.#drawing !== "no") {
      this.#drawing = "again";
      return;
    }
    const options = this.picture(this.ratio);
    if (options === null) return;
    this.#drawing = "yes";
    const pixels = await this.#draw(options);
    const again = (this.#drawing as string) === "again";
    this.#drawing = "no";
    if (this.#ended) return;
    if (pixels !== null) this.#take(pixels, options);
    if (again) this.draw();
  }

  #take(pixels: Uint8ClampedArray<ArrayBuffer>, options: PictureOptions): void {
    const bitmap = document.createElement("canvas");
    bitmap.width = options.width;
    bitmap.height = options.height;
    bitmap.getContext("2d")?.putImageData(new ImageData(pixels, options.width), 0, 0);
    this.#shown = { bitmap, scale: options.scale, offsetX: options.offsetX, offsetY: options.offsetY };
    this.#show();
  }

  /** The last picture, moved to where the camera is now. */
  #show(): void {
    const { canvas, colours, camera, ratio } = this;
    const context = this.#context;
    if (colours === null) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = `rgb(${colours.paper.join(" ")})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (this.#shown === null) return;
    const { bitmap, scale, offsetX, offsetY } = this.#shown;
    const by = (camera.scale * ratio) / scale;
    context.setTransform(
      by,
      0,
      0,
      by,
      camera.offsetX * ratio - offsetX * by,
      camera.offsetY * ratio - offsetY * by,
    );
    context.drawImage(bitmap, 0, 0);
  }
}
