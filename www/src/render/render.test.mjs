import assert from "node:assert/strict";
import test from "node:test";
import { boundsOf, Camera } from "./camera.ts";
import { PlaceGrid } from "./pick.ts";
import { placesOf } from "./places.ts";
import { spreadPairs } from "./program.ts";

const UNIT = { left: 0, top: 0, right: 1, bottom: 1 };

test("a fit shows all in the middle of the room that is left", () => {
  const camera = new Camera();
  // 180 × 80 pixels are free: 80 pixels a unit, in the middle from 60 to 140, below the 20 at the top.
  camera.fit(UNIT, 200, 100, { side: 10, top: 20, bottom: 0 });
  assert.deepEqual([camera.scale, camera.offsetX, camera.offsetY], [80, 60, 20]);
  assert.equal(camera.zoom, 1);
  assert.ok(camera.fitted);
});

test("zoom keeps the place under the pointer, and ends at its bounds", () => {
  const camera = new Camera();
  camera.fit(UNIT, 100, 100, { side: 0, top: 0, bottom: 0 });
  camera.zoomAt(25, 75, 2);
  const pixel = (x, y) => [x * camera.scale + camera.offsetX, y * camera.scale + camera.offsetY];
  assert.deepEqual(pixel(0.25, 0.75), [25, 75]);
  assert.equal(camera.zoom, 2);
  camera.pan(5, -5);
  assert.deepEqual(pixel(0.25, 0.75), [30, 70]);
  camera.zoomAt(0, 0, 1e6);
  assert.ok(Math.abs(camera.zoom - 200) < 1e-9);
  camera.zoomAt(0, 0, 1e-9);
  assert.ok(Math.abs(camera.zoom - 0.4) < 1e-9);
});

test("bounds hold all of a small graph, and of a large one all but half a percent at each side", () => {
  const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} ${b}`);
  const small = boundsOf(Float32Array.of(3, 1, -1, 5, 0, 2));
  assert.deepEqual(small, { left: -1, right: 3, top: 1, bottom: 5 });
  const line = new Float32Array(2 * 10_001);
  for (let i = 0; i <= 10_000; i++) line[2 * i] = i / 10_000;
  const { left, right, top, bottom } = boundsOf(line);
  near(left, 0.005);
  near(right, 0.995);
  assert.ok(bottom > top);
  assert.deepEqual(boundsOf(new Float32Array(0)), UNIT);
});

test("places of files come to the unit square, both axes alike, and up becomes down", () => {
  const graph = (positions) => ({ handle: { positions } });
  const places = placesOf(graph(Float32Array.of(10, 0, 20, 5, 30, 10)));
  // 20 wide and 10 high: a unit is 20.
  assert.deepEqual([...places], [0, 0.5, 0.5, 0.25, 1, 0]);
  assert.equal(placesOf(graph(null)), null);
});

test("the nearest node within reach is picked, marks that stand out from further away", () => {
  const grid = new PlaceGrid(Float32Array.of(0.1, 0.1, 0.2, 0.1, 0.9, 0.9));
  const same = () => 1;
  assert.equal(grid.nearest(0.14, 0.1, 0.08, same), 0);
  assert.equal(
    grid.nearest(0.14, 0.1, 0.08, (node) => (node === 1 ? 0.5 : 1)),
    1,
  );
  assert.equal(grid.nearest(0.5, 0.5, 0.1, same), null);
  assert.equal(grid.nearest(0.95, 0.95, 0.1, same), 2);
});

test("pairs are spread so that any prefix is an even sample, and none is lost", () => {
  // Of five, each is three further on: the whole number nearest to 5 × 0.618.
  const pairs = Uint32Array.of(0, 10, 1, 11, 2, 12, 3, 13, 4, 14);
  assert.deepEqual([...spreadPairs(pairs)], [0, 10, 3, 13, 1, 11, 4, 14, 2, 12]);
  for (const n of [1, 2, 6, 97, 100]) {
    const spread = spreadPairs(Uint32Array.from({ length: 2 * n }, (_, i) => i));
    assert.equal(new Set(spread).size, 2 * n);
    for (let i = 0; i < n; i++) assert.equal(spread[2 * i + 1], spread[2 * i] + 1);
  }
});
