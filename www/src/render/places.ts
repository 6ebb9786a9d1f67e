import type { OpenGraph } from "../state/graph.ts";
import { boundsOf } from "./camera.ts";

const made = new WeakMap<Float32Array, Float32Array>();

/**
 * Where the files of a graph drew its nodes, as the map has places: nearly all of them in 0..1, across and
 * down; `null` where files did not say.
 */
export function placesOf({ handle: { positions } }: OpenGraph): Float32Array | null {
  if (positions === null) return null;
  let places = made.get(positions);
  if (places === undefined) {
    places = unitPlaces(positions);
    made.set(positions, places);
  }
  return places;
}

/** Both axes are scaled alike, and up becomes down. */
function unitPlaces(positions: Float32Array): Float32Array {
  const { left, right, top, bottom } = boundsOf(positions);
  const side = Math.max(right - left, bottom - top);
  return positions.map((value, i) => (i % 2 === 0 ? (value - left) / side : (bottom - value) / side));
}
