/** Edges a millisecond before any was measured: software on a slow processor. */
const FIRST_SPEED = 200;
/** No machine is taken for slower, whatever it was busy with. */
const LEAST_SPEED = 50;
/** Shorter times are not told apart: a browser looks for what is done every 4 ms. */
const LEAST_MS = 4;
/** A page that looks later than this was busy with something else: the time says nothing. */
const LATE_MS = 30;

/** How fast this machine draws edges, measured without waiting for it. */
export class Pace {
  #speed = FIRST_SPEED;
  readonly #gl: WebGL2RenderingContext;
  #step: { start: number; edges: number; fence: WebGLSync | null } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** A step was begun, and what follows it is not yet drawn. */
  get busy(): boolean {
    return this.#step !== null;
  }

  /** How many edges are drawn in a time. */
  edgesIn(ms: number): number {
    return Math.ceil(this.#speed * ms);
  }

  /** So many edges were drawn since `start`, and little else. */
  drew(start: number, edges: number): void {
    this.#step = { start, edges, fence: this.#gl.fenceSync(this.#gl.SYNC_GPU_COMMANDS_COMPLETE, 0) };
  }

  /** Calls back when everything that was drawn is there. */
  after(done: () => void): void {
    const gl = this.#gl;
    const step = this.#step;
    if (step === null) return;
    const last = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const passed = (fence: WebGLSync | null) =>
      fence === null || gl.isContextLost() || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED;
    let asked = performance.now();
    let late = false;
    let ms = 0;
    const look = () => {
      const now = performance.now();
      late ||= now - asked > LATE_MS;
      asked = now;
      if (ms === 0 && passed(step.fence)) {
        ms = Math.max(LEAST_MS, now - step.start);
        if (!late) this.#learn(step.edges, step.edges / ms);
      }
      if (!passed(last)) {
        this.#timer = setTimeout(look, LEAST_MS);
        return;
      }
      gl.deleteSync(step.fence);
      gl.deleteSync(last);
      this.#step = null;
      done();
    };
    this.#timer = setTimeout(look, 0);
  }

  /** Nothing is called back any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#step = null;
  }

  #learn(edges: number, speed: number): void {
    // A few edges say little of many, and one slow step may have waited for something else.
    if (edges <= this.#speed) return;
    this.#speed = Math.max(LEAST_SPEED, speed > this.#speed ? speed : Math.sqrt(speed * this.#speed));
  }
}
