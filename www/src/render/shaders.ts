/** Positions glide from one layout to the next by `blend`; `view` is scale and offset to clip space. */
const PLACE = `
layout(location = 0) in vec2 placeFrom;
layout(location = 1) in vec2 placeTo;
uniform vec4 view;
uniform float blend;
vec4 place() { return vec4(mix(placeFrom, placeTo, blend) * view.xy + view.zw, 0.0, 1.0); }
`;

export const NODE_VERTEX = `#version 300 es
${PLACE}
layout(location = 2) in vec4 colour;
layout(location = 3) in vec2 mark; // size in quarter pixels, shape
uniform float pixelRatio;
uniform float grow;
out vec4 tint;
flat out float shape;
flat out float radius; // of the mark, in device pixels
flat out float selected;
flat out float chosen;
const float HALO = 7.0;
void main() {
  gl_Position = place();
  tint = colour;
  float flags = floor(mark.y / 16.0 + 0.01);
  shape = mark.y - 16.0 * flags;
  chosen = floor(flags / 2.0);
  selected = flags - 2.0 * chosen;
  radius = max(0.5 * mark.x / 4.0 * grow * pixelRatio, 0.7);
  gl_PointSize = 2.0 * (radius + (1.0 + HALO * max(selected, chosen)) * pixelRatio);
}`;

export const NODE_FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint;
flat in float shape;
flat in float radius;
flat in float selected;
flat in float chosen;
uniform float pixelRatio;
uniform vec3 ring;
uniform vec3 paper;
uniform vec3 accent;
out vec4 outColour;

float triangle(vec2 p, float r) { // distance to an equilateral triangle that points up, y downwards
  const float k = 1.7320508;
  p.y = -p.y + r * 0.14;
  p.x = abs(p.x) - r;
  p.y = p.y + r / k;
  if (p.x + k * p.y > 0.0) p = vec2(p.x - k * p.y, -k * p.x - p.y) / 2.0;
  p.x -= clamp(p.x, -2.0 * r, 0.0);
  return -length(p) * sign(p.y);
}

float crossed(vec2 p, float r, float w) {
  vec2 q = abs(vec2(p.x + p.y, p.x - p.y)) * 0.70710678;
  q = q.x > q.y ? q : q.yx;
  return max(q.x - r, q.y - w);
}

float cover(float distance) { return clamp(0.5 - distance, 0.0, 1.0); }

void main() {
  float whole = radius + (1.0 + 7.0 * max(selected, chosen)) * pixelRatio;
  vec2 p = (gl_PointCoord - 0.5) * 2.0 * whole;
  // Rings and outlines give way when marks are small, or they would be all that is seen.
  float band = clamp(radius * 0.42 - 0.45 * pixelRatio, 0.0, 1.1 * pixelRatio);
  float d;
  vec4 c;
  if (shape < 0.5) {
    d = length(p) - radius;
    c = vec4(tint.rgb, tint.a * cover(d));
  } else if (shape < 1.5) {
    d = length(p) - radius;
    c = vec4(mix(ring, tint.rgb, band > 0.0 ? cover(d + band) : 1.0), tint.a * cover(d));
  } else if (shape < 2.5) {
    d = triangle(p, radius * 0.92);
    c = vec4(mix(paper, tint.rgb, band > 0.0 ? cover(d + band * 0.9) : 1.0), tint.a * cover(d));
  } else {
    d = crossed(p, radius, radius * 0.26);
    c = vec4(tint.rgb, tint.a * cover(d));
  }
  if (chosen > 0.5) {
    float halo = abs(length(p) - (radius + 1.2 * pixelRatio)) - 0.75 * pixelRatio;
    c = mix(c, vec4(accent, 1.0), cover(halo));
  }
  if (selected > 0.5) {
    float halo = abs(length(p) - (radius + 4.5 * pixelRatio)) - 1.25 * pixelRatio;
    c = mix(c, vec4(accent, 1.0), cover(halo));
  }
  if (c.a < 0.004) discard;
  outColour = vec4(c.rgb * c.a, c.a);
}`;

export const EDGE_VERTEX = `#version 300 es
${PLACE}
void main() { gl_Position = place(); }`;

export const EDGE_FRAGMENT = `#version 300 es
precision mediump float;
uniform vec4 line;
out vec4 outColour;
void main() { outColour = vec4(line.rgb * line.a, line.a); }`;

export const PICTURE_VERTEX = `#version 300 es
uniform vec4 seen; // from the canvas to the place on the picture, scale and offset
out vec2 at;
void main() {
  vec2 here = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  at = here * seen.xy + seen.zw;
  gl_Position = vec4(here * 2.0 - 1.0, 0.0, 1.0);
}`;

export const LAYERS_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D edges;
uniform sampler2D batchEdges;
uniform sampler2D nodes;
out vec4 outColour;
void main() {
  vec4 top = texture(nodes, at);
  vec4 middle = texture(batchEdges, at);
  outColour = vec4(top.rgb + (1.0 - top.a) * (middle.rgb + (1.0 - middle.a) * texture(edges, at).rgb), 1.0);
}`;

export const MOVED_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D whole;
uniform vec3 paper;
out vec4 outColour;
void main() {
  bool outside = any(lessThan(at, vec2(0.0))) || any(greaterThan(at, vec2(1.0)));
  outColour = vec4(outside ? paper : texture(whole, at).rgb, 1.0);
}`;
