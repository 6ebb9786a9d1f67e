/** Edges a millisecond before any was measured: software on a slow processor. */
const FIRST_SPEED = 200;
/** Shorter times are not told apart: a browser looks for what is done every 4 ms. */
const LEAST_MS = 4;

/** How fast this machine draws edges, measured without waiting for it. */
export class Pace {
  #speed = FIRST_SPEED;
  #gl: WebGL2RenderingContext;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** How many edges are drawn in a time. */
  edgesIn(ms: number): number {
    return Math.ceil(this.#speed * ms);
  }

  /** Calls back when what was drawn since `start`, so many edges and little else, is there. */
  measure(start: number, edges: number, done: () => void): void {
    const gl = this.#gl;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const look = () => {
      if (fence !== null && !gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) {
        this.#timer = setTimeout(look, LEAST_MS);
        return;
      }
      gl.deleteSync(fence);
      const speed = edges / Math.max(LEAST_MS, performance.now() - start);
      // A few edges say little of many, and one slow step may have waited for something else.
      if (edges > this.#speed) this.#speed = speed > this.#speed ? speed : Math.sqrt(speed * this.#speed);
      done();
    };
    this.#timer = setTimeout(look, 0);
  }

  /** Nothing is called back any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
