/** Compiles a program; throws with the driver's words when it cannot. */
export function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) throw new Error("the graphics context is lost");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? "the shaders do not link");
  }
  return program;
}

/** Pairs in a fixed random order, so that any prefix is a uniform sample. */
export function shufflePairs(pairs: Uint32Array): Uint32Array {
  const out = pairs.slice();
  let state = 0x9e3779b9;
  for (let i = out.length / 2 - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const a = out[2 * i]!;
    const b = out[2 * i + 1]!;
    out[2 * i] = out[2 * j]!;
    out[2 * i + 1] = out[2 * j + 1]!;
    out[2 * j] = a;
    out[2 * j + 1] = b;
  }
  return out;
}
