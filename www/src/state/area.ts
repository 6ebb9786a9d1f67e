/** A corner of an area, in the layout's units. */
export interface Corner {
  x: number;
  y: number;
}

/**
 * Nodes inside a polygon, ascending; a node is inside when a ray from it crosses the border an odd number of
 * times.
 */
export function nodesInside(positions: Float32Array, polygon: readonly Corner[]): Uint32Array {
  const xs = polygon.map(({ x }) => x);
  const ys = polygon.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const found: number[] = [];
  for (let node = 0; node < positions.length / 2; node++) {
    const x = positions[2 * node]!;
    const y = positions[2 * node + 1]!;
    if (x >= left && x <= right && y >= top && y <= bottom && inside(x, y, polygon)) found.push(node);
  }
  return Uint32Array.from(found);
}

function inside(x: number, y: number, polygon: readonly Corner[]): boolean {
  let odd = false;
  polygon.forEach((a, i) => {
    const b = polygon[(i + 1) % polygon.length]!;
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) odd = !odd;
  });
  return odd;
}

/** The corners of a rectangle between two opposite ones. */
export const rectangle = (a: Corner, b: Corner): Corner[] => [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
