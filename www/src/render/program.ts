/** Compiles a program; throws with the driver's words when it cannot. */
export function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
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

/**
 * Pairs in a fixed order in which any prefix is an even sample: each is a golden section of all further on
 * than the last.
 */
export function spreadPairs(pairs: Uint32Array): Uint32Array {
  const count = pairs.length / 2;
  let stride = Math.max(1, Math.round(count * 0.6180339887));
  while (!coprime(stride, count)) stride++;
  const out = new Uint32Array(pairs.length);
  for (let i = 0, at = 0; i < count; i++) {
    out[2 * i] = pairs[2 * at]!;
    out[2 * i + 1] = pairs[2 * at + 1]!;
    at += stride;
    if (at >= count) at -= count;
  }
  return out;
}

function coprime(a: number, b: number): boolean {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return divisor === 1;
}
