/** What a story reads off the page, and how it waits for what it reads. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

const PATIENCE_MS = 30_000;

/** Reads until what is read holds. Returns it, or fails with the words for what was read last. */
export async function until(read, holds, words) {
  const end = performance.now() + PATIENCE_MS;
  while (true) {
    const found = await read();
    if (holds(found)) return found;
    if (performance.now() > end) assert.fail(typeof words === "function" ? words(found) : words);
    await new Promise((next) => setTimeout(next, 60));
  }
}

/** Reads until it is what is wanted; fails as an assertion of equality does. */
export async function comesTo(read, wanted, words) {
  let last;
  await until(
    async () => (last = await read()),
    (found) => isDeepStrictEqual(found, wanted),
    () => assert.deepEqual(last, wanted, words),
  );
}

/** Waits until the address says what is on show: it follows with a rest. */
export const addressWritten = (page) =>
  page.waitForFunction(
    () => location.hash.slice(1) === document.querySelector("ibmb-explorer").app.history.address,
  );

/** So often must a picture come out as before: a busy machine draws late. */
const AT_REST = 3;

/** A picture of the map when it has come to rest with all that it draws. */
export async function mapAtRest(page) {
  const canvas = page.locator("ibmb-map canvas");
  let before = null;
  let same = 0;
  return until(
    async () => {
      const now = await canvas.screenshot();
      same = before?.equals(now) ? same + 1 : 0;
      before = now;
      return now;
    },
    () => same >= AT_REST,
    "the map does not come to rest",
  );
}

/** Makes the layout by forces that was asked for, to its end. */
export const forcesAtRest = (page) =>
  page.waitForFunction(() => {
    const { force, view } = document.querySelector("ibmb-explorer").app;
    return view.layout === "force" && force.done && force.positions !== null && !force.work.running;
  });

/** The pointer's place is taken with the next frame. */
const nextFrame = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

/** Moves the pointer to a place until the card beside it has this name. */
export async function pointAt(page, { x, y }, name) {
  const card = page.locator("ibmb-map .card strong");
  let aside = 0;
  await until(
    async () => {
      // A pointer that does not move says nothing.
      aside = 0.25 - aside;
      await page.mouse.move(x + aside, y);
      await nextFrame(page);
      return (await card.allInnerTexts()).join().trim();
    },
    (shown) => shown === name,
    (shown) => `${name} is expected under the pointer at ${x}, ${y}, and it is ${shown || "nothing"}`,
  );
}

export const count = (n) => n.toLocaleString("en-US");

/** Waits until the page has loaded all that it loads ahead: after the library of charts come parts of the engine. */
export async function loadedAhead(page) {
  await page.waitForFunction(() =>
    performance
      .getEntriesByType("resource")
      .some(({ name, responseEnd }) => /\/src-[^/]*\.js$/.test(name) && responseEnd > 0),
  );
  await page.evaluate(async () => {
    const { client } = document.querySelector("ibmb-explorer").app;
    await client.preload();
    await client.preload("files");
  });
}

export const status = async (page) => (await page.locator("ibmb-map #status").textContent()).trim();

/** Share of the map's pixels that are not its ground, and how many colours there are. */
export async function paintedShare(page) {
  const picture = await page.locator("ibmb-map canvas").screenshot();
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const ground = data.slice(4 * 8 * bitmap.width + 400, 4 * 8 * bitmap.width + 403).join();
    const colours = new Set();
    let painted = 0;
    for (let i = 0; i < data.length; i += 4) {
      const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      colours.add(colour);
      if (colour !== ground) painted++;
    }
    return { share: painted / (data.length / 4), colours: colours.size };
  }, picture.toString("base64"));
}

/** Moves the pointer over the map, ever finer, until the card's text matches; the place, or null. */
export async function findOnMap(page, pattern) {
  await mapAtRest(page);
  const box = await page.locator("ibmb-map canvas").boundingBox();
  const card = page.locator("ibmb-map .card");
  for (const fineness of [1, 0.5, 0.25]) {
    for (let row = 0.12; row < 0.9; row += 0.07 * fineness) {
      for (let column = 0.2; column < 0.85; column += 0.045 * fineness) {
        const place = { x: box.x + box.width * column, y: box.y + box.height * row };
        await page.mouse.move(place.x, place.y);
        await nextFrame(page);
        if (pattern.test((await card.allInnerTexts()).join())) return place;
      }
    }
  }
  return null;
}

/** Sets an option as a user does: types, then leaves the field. */
export async function setOption(page, name, value, panel = "ibmb-plan-panel") {
  const field = page.locator(`${panel} [data-option="${name}"] input[type=number]`);
  await field.fill(String(value));
  await field.blur();
}

export const layoutPressed = (page) =>
  page.locator('ibmb-map [aria-label="Layout"] button[aria-pressed="true"]').textContent();

/** Least and greatest of what is fitted: all of a small graph, else without the outermost 0.5 % at either end, of at most 30,000 nodes. */
function fitted(values) {
  const every = Math.ceil(values.length / 30_000);
  const sorted = values.filter((_, i) => i % every === 0).sort((a, b) => a - b);
  const stray = sorted.length < 5000 ? 0 : Math.floor((sorted.length - 1) * 0.005);
  return [sorted[stray], sorted.at(-(1 + stray))];
}

/** Where nodes of a layout, across and down, stand on the page when the whole is fitted. */
export async function placesOnPage(page, positions) {
  const box = await page.locator("ibmb-map canvas").boundingBox();
  const legend = await page.locator("ibmb-map .legend").boundingBox();
  const side = Math.min(28, box.width * 0.05);
  const bottom = Math.max(56, legend.height + 16);
  const along = (axis) =>
    Array.from({ length: positions.length / 2 }, (_, node) => positions[2 * node + axis]);
  const [[left, right], [top, low]] = [fitted(along(0)), fitted(along(1))];
  const scale = Math.min((box.width - 2 * side) / (right - left), (box.height - side - bottom) / (low - top));
  return (node) => ({
    x: box.x + (box.width - (left + right) * scale) / 2 + positions[2 * node] * scale,
    y: box.y + (box.height + side - bottom - (top + low) * scale) / 2 + positions[2 * node + 1] * scale,
  });
}

/** Red, green and blue of the map's canvas at places of the page. */
export async function coloursAt(page, places) {
  const box = await page.locator("ibmb-map canvas").boundingBox();
  const picture = await page.screenshot({ clip: box });
  return page.evaluate(
    async ({ base64, spots }) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return spots.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)]);
    },
    {
      base64: picture.toString("base64"),
      spots: places.map(({ x, y }) => [Math.floor(x - box.x), Math.floor(y - box.y)]),
    },
  );
}
