/** A picture off the screen that can be drawn on and drawn from, as fine as the canvas or twice as fine. */
export class Layer {
  readonly texture: WebGLTexture;
  readonly #frame: WebGLFramebuffer;
  readonly #gl: WebGL2RenderingContext;
  #width = 0;
  #height = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.texture = gl.createTexture();
    this.#frame = gl.createFramebuffer();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
      gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.texture, 0);
  }

  get empty(): boolean {
    return this.#width === 0;
  }

  /** What is drawn next goes onto this picture, which is lost when its size changes. */
  use(canvas: { width: number; height: number }, fineness: 1 | 2): void {
    const gl = this.#gl;
    const width = fineness * canvas.width;
    const height = fineness * canvas.height;
    if (width !== this.#width || height !== this.#height) {
      this.#width = width;
      this.#height = height;
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      // The mean of four pixels is one of the canvas.
      for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
        gl.texParameteri(gl.TEXTURE_2D, filter, fineness === 2 ? gl.LINEAR : gl.NEAREST);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.viewport(0, 0, width, height);
  }
}
