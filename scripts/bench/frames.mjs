/**
 * The page in headless Chromium, drawn by the processor: first views, frames, picks and changes of batch on
 * large maps, and the tasks that hold the page up while it plans and trains. `make bench` runs it with all
 * others; alone it is `node scripts/bench/frames.mjs [view|map|tasks]` after a build.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "ibmb";
import { launch, openPage, servePage } from "../../www/e2e/browser.mjs";
import { setOption } from "../../www/e2e/look.mjs";
import { median, printRows } from "./rows.mjs";

const SAMPLES = [
  { name: "Cora", hash: "" },
  { name: "WordNet", hash: "#graph=wordnet" },
];
const VIEWS = 5;
const PLANTED = [
  { numNodes: 20_000, numDraws: 45_000 },
  { numNodes: 170_000, numDraws: 1_200_000 },
];
const MOVES = 12;
const REPEATS = 5;
const EPOCHS = 40;
/** To open a graph and plan it. */
const OPEN_MS = 180_000;
/** Reading a pixel holds the page up, so that only Node can end the wait. */
const MEASURE_MS = 180_000;
/** What a frame of everything has taken a processor at 20k nodes and 45k edges. */
const DESIGN_FRAME = { name: "the design's frame of everything", ms: 290 };
const SWITCH = { name: "1 ms", ms: 1 };
const SECOND = { name: "1 s", ms: 1000 };
const FRAME = { name: "a frame of 60 a second", ms: 1000 / 60 };
/** The shortest task that the browser tells of. */
const TASK = { name: "50 ms", ms: 50 };

const row = (name, value, peer) => ({
  name: `page: ${name}`,
  value,
  unit: "ms",
  peer: peer.name,
  ratio: value / peer.ms,
  measure: "long",
});

/** What is promised, or an error that says what did not come in time. */
function within(ms, what, promise) {
  let timer;
  const late = new Promise(
    (_, fail) =>
      (timer = setTimeout(() => fail(new Error(`${what} did not come within ${ms / 1000} s`)), ms)),
  );
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Runs in the page from its start: notes when the engine is ready, and when the map first says what a batch
 * predicts and shows it.
 */
function noteFirstView() {
  window.seen = {};
  const start = window.Worker;
  // The first word of a worker is that its wasm has started.
  window.Worker = class extends start {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => (window.seen.ready ??= performance.now()), { once: true });
    }
  };
  const draw = WebGL2RenderingContext.prototype.drawArrays;
  WebGL2RenderingContext.prototype.drawArrays = function (...given) {
    draw.apply(this, given);
    window.seen.drawn = performance.now();
  };
  const look = () => {
    const map = document.querySelector("ibmb-explorer")?.shadowRoot?.querySelector("ibmb-map");
    const said = map?.shadowRoot?.querySelector("#status")?.textContent.includes("predicts");
    if (said && window.seen.drawn !== undefined) window.seen.view = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Each time in a browser that has seen nothing before. */
async function firstView(url, hash) {
  const browser = await launch();
  try {
    const { page } = await openPage(browser.context, url, { hash, script: noteFirstView });
    await page.waitForFunction(() => window.seen.view !== undefined);
    return await page.evaluate(() => window.seen);
  } finally {
    await browser.close();
  }
}

/**
 * Runs in the page from its start: times every frame in which WebGL draws, from its first command until a
 * pixel of it can be read, and notes when WebGL last drew, off the screen as well.
 */
function timeFrames() {
  const ask = window.requestAnimationFrame.bind(window);
  const pixel = new Uint8Array(4);
  let drawn = null;
  for (const name of ["drawArrays", "drawElements"]) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...given) {
      drawn = this;
      window.lastDraw = performance.now();
      return draw.apply(this, given);
    };
  }
  window.onMapFrame = () => {};
  window.lastDraw = 0;
  window.requestAnimationFrame = (act) =>
    ask((now) => {
      drawn = null;
      const start = performance.now();
      act(now);
      if (drawn === null) return;
      const given = performance.now();
      drawn.readPixels(0, 0, 1, 1, drawn.RGBA, drawn.UNSIGNED_BYTE, pixel);
      window.onMapFrame({ work: given - start, ms: performance.now() - start });
    });
}

/** Runs in the page: what an open map takes, in ms. */
async function measureMap({ moves, repeats }) {
  const { app } = document.querySelector("ibmb-explorer");
  const map = document.querySelector("ibmb-explorer").shadowRoot.querySelector("ibmb-map");
  const canvas = map.shadowRoot.querySelector("canvas");
  const box = canvas.getBoundingClientRect();
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  /**
   * Frames that an act asks for, until one is as wanted and nothing was drawn for a time; `since`: from the
   * act until a frame was there.
   */
  const frames = async (act, wanted = () => true, still = 300) => {
    const all = [];
    const from = performance.now();
    window.lastDraw = from;
    window.onMapFrame = (frame) =>
      all.push({ ...frame, since: performance.now() - from, batch: app.view.batch });
    await act();
    while (performance.now() - window.lastDraw < still || !wanted(all)) await pause(20);
    return all;
  };
  const at = (x, y) => ({
    clientX: box.x + box.width * x,
    clientY: box.y + box.height * y,
    bubbles: true,
    composed: true,
    cancelable: true,
  });
  const wheel = (i) =>
    canvas.dispatchEvent(new WheelEvent("wheel", { ...at(0.5, 0.5), deltaY: i % 2 ? 20 : -20 }));
  const each = async (act) => {
    const all = [];
    for (let i = 0; i < repeats; i += 1) all.push(await act(i));
    return all;
  };

  // Frames that the opening has asked for are drawn first.
  await frames(() => {});
  let moved = 0;
  const start = performance.now();
  const moving = await frames(async () => {
    for (let i = 0; i < moves; i += 1) {
      wheel(i);
      await pause(50);
    }
    moved = performance.now() - start;
  });
  const whole = await each(async (i) => {
    await frames(() => wheel(i));
    // A step of many edges takes its time before the next is begun.
    const all = await frames(
      () => map.fit(),
      (some) => some.length > 0,
      2000,
    );
    return { first: all[0].since, since: all.at(-1).since, share: map.shares.all };
  });
  const pick = [];
  for (let i = 0; i < 60; i += 1) {
    const start = performance.now();
    canvas.dispatchEvent(
      new PointerEvent("pointermove", {
        ...at(0.3 + (i % 10) * 0.04, 0.3 + (i % 6) * 0.06),
        pointerType: "mouse",
      }),
    );
    await map.updateComplete;
    if (app.view.hovered !== null) pick.push(performance.now() - start);
  }
  // The map's own work for another batch: its update, then its frame.
  const update = map.performUpdate;
  let updating = 0;
  map.performUpdate = function () {
    const start = performance.now();
    update.call(this);
    updating += performance.now() - start;
  };
  // The fourth batch of eight is selected at first.
  const batches = await each(async (i) => {
    const before = app.view.batch;
    updating = 0;
    const other = ({ batch }) => batch !== before;
    const key = new KeyboardEvent("keydown", {
      key: i % 2 ? "ArrowUp" : "ArrowDown",
      bubbles: true,
      composed: true,
      cancelable: true,
    });
    const { work, ms, since } = (
      await frames(
        () => canvas.dispatchEvent(key),
        (all) => all.some(other),
      )
    ).find(other);
    return { updating, commands: work, drawing: ms, since };
  });
  return { moving: moving.filter(({ since }) => since < moved).map(({ ms }) => ms), whole, pick, batches };
}

async function mapRows(url, client, folder, options) {
  const graph = await client.plantedGraph({ ...options, numFeatures: 10 });
  const { numNodes, numEdges } = graph;
  const file = join(folder, `planted-${numNodes}.safetensors`);
  writeFileSync(file, await graph.save());
  graph.dispose();
  const browser = await launch();
  try {
    const { page } = await openPage(browser.context, url, { script: timeFrames });
    await page.locator("ibmb-data-panel #files").setInputFiles(file);
    await page.waitForFunction(
      (nodes) => {
        const { plan, view } = document.querySelector("ibmb-explorer").app;
        return plan?.handle.batchOf.length === nodes && view.batch !== null;
      },
      numNodes,
      { timeout: OPEN_MS },
    );
    // What follows the opening, such as the panels, is done by then.
    await page.waitForTimeout(2000);
    const { moving, whole, pick, batches } = await within(
      MEASURE_MS,
      "the figures of the map",
      page.evaluate(measureMap, { moves: MOVES, repeats: REPEATS }),
    );
    if (pick.length === 0)
      throw new Error(`the map of ${numNodes} nodes has no node at any of the places pointed at`);
    const of = (all, what) => median(all.map((one) => one[what]));
    const size = `${Math.round(numNodes / 1000)}k nodes, ${Math.round(numEdges / 1000)}k edges`;
    return [
      row(`frame while the map moves, ${size}`, median(moving), FRAME),
      row(`first frame of everything, ${size}`, of(whole, "first"), FRAME),
      row(
        `everything until it is drawn, ${Math.round(100 * of(whole, "share"))} % of the edges, ${size}`,
        of(whole, "since"),
        DESIGN_FRAME,
      ),
      row(`node under the pointer, ${size}`, median(pick), FRAME),
      row(`work of the page for another batch on the map, ${size}`, of(batches, "updating"), SWITCH),
      row(`commands for the frame of another batch, ${size}`, of(batches, "commands"), SWITCH),
      row(`frame of another batch, ${size}`, of(batches, "drawing"), FRAME),
      row(`another batch from the key until it is drawn, ${size}`, of(batches, "since"), FRAME),
    ];
  } finally {
    await browser.close();
  }
}

/** Runs in the page from its start: keeps the tasks that hold it up. */
function keepLongTasks() {
  window.longTasks = [];
  new PerformanceObserver((list) =>
    window.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
  ).observe({ type: "longtask" });
}

async function taskRows(url) {
  const browser = await launch();
  try {
    const { page } = await openPage(browser.context, url, { script: keepLongTasks });
    await page.locator("ibmb-model-panel #run:enabled").waitFor();
    const during = async (what, act) => {
      await page.waitForTimeout(1000);
      await page.evaluate(() => (window.longTasks.length = 0));
      await act();
      await page.waitForTimeout(500);
      const tasks = await page.evaluate(() => window.longTasks);
      return row(
        `longest of ${tasks.length} tasks above 50 ms while ${what}, Cora`,
        Math.max(0, ...tasks),
        TASK,
      );
    };
    const planning = await during("topK goes to 40, 8 and 64", async () => {
      for (const topK of [40, 8, 64]) {
        const before = await page.locator("#chip-plan").getAttribute("data-digest");
        await setOption(page, "topK", topK);
        await page.locator(`#chip-plan:not([data-digest="${before}"])`).waitFor();
      }
    });
    const training = await during(`it trains ${EPOCHS} epochs`, async () => {
      await page.locator("ibmb-model-panel #train-here").click();
      await setOption(page, "epochs", EPOCHS, "ibmb-model-panel");
      await page.locator("ibmb-model-panel #train").click();
      await page.locator("ibmb-model-panel", { hasText: "trained here" }).waitFor({ timeout: OPEN_MS });
    });
    return [planning, training];
  } finally {
    await browser.close();
  }
}

/**
 * Figures of the page in www/dist; those of the first view, the map or the tasks alone where `part` names
 * them.
 */
export async function frameRows(part = null) {
  const wants = (name) => part === null || part === name;
  const folder = mkdtempSync(join(tmpdir(), "ibmb-frames-"));
  const server = await servePage();
  const client = await createClient();
  const rows = [];
  try {
    for (const { name, hash } of wants("view") ? SAMPLES : []) {
      const all = [];
      for (let i = 0; i < VIEWS; i += 1) all.push(await firstView(server.url, hash));
      rows.push(
        row(`first view of ${name} from the start of the page`, median(all.map(({ view }) => view)), SECOND),
        row(
          `first view of ${name} from when the wasm is ready`,
          median(all.map(({ view, ready }) => view - ready)),
          SECOND,
        ),
      );
    }
    for (const planted of wants("map") ? PLANTED : [])
      rows.push(...(await mapRows(server.url, client, folder, planted)));
    if (wants("tasks")) rows.push(...(await taskRows(server.url)));
  } finally {
    client.dispose();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printRows(await frameRows(process.argv[2]));
