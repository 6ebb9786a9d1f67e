/**
 * The page in headless Chromium, drawn by software: the first view, tasks of the page that hold it up while it plans and
 * trains, and frames, picks and changes of batch on large maps.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, openPage, servePage } from "../../www/e2e/browser.mjs";

const GRAPHS = [{ nodes: 20_000, edges: 45_000 }, { nodes: 170_000, edges: 1_200_000 }];
/** A frame of a screen that shows 60 a second, and the shortest task that people feel. */
const FRAME_MS = 1000 / 60;
const LONG_MS = 50;

/** A random graph in which nine edges of ten stay near their source. */
function edgeList({ nodes, edges }) {
  let state = 20_240_607;
  const random = (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  const lines = ["source,target"];
  for (let i = 0; i < edges; i += 1) {
    const node = random(nodes);
    const other = random(10) > 0 ? (node + 1 + random(200)) % nodes : random(nodes);
    lines.push(`${node},${other}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Runs in the page: what the map takes, in ms. Reading a pixel waits until the frame is drawn. */
async function measure() {
  const map = document.querySelector("ibmb-explorer").shadowRoot.querySelector("ibmb-map");
  const canvas = map.shadowRoot.querySelector("canvas");
  const gl = canvas.getContext("webgl2");
  const box = canvas.getBoundingClientRect();
  const pixel = new Uint8Array(4);
  const nextFrame = () => new Promise((done) => requestAnimationFrame(done));
  const drawn = async () => {
    const start = performance.now();
    await nextFrame();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    return performance.now() - start;
  };
  const rest = () => new Promise((done) => setTimeout(done, 400));
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const times = async (count, act) => {
    const all = [];
    for (let i = 0; i < count; i += 1) all.push(await act(i));
    return median(all);
  };
  const at = (x, y) => ({ clientX: box.x + box.width * x, clientY: box.y + box.height * y, bubbles: true, composed: true });
  const moving = await times(9, (i) => {
    canvas.dispatchEvent(new WheelEvent("wheel", { ...at(0.5, 0.5), deltaY: i % 2 ? 20 : -20, cancelable: true }));
    return drawn();
  });
  await rest();
  await drawn();
  const whole = await times(3, () => {
    map.fit();
    return drawn();
  });
  const pick = await times(51, (i) => {
    const start = performance.now();
    canvas.dispatchEvent(new PointerEvent("pointermove", { ...at(0.3 + (i % 10) * 0.04, 0.3 + (i % 7) * 0.05), pointerType: "mouse" }));
    return performance.now() - start;
  });
  const words = () => map.shadowRoot.querySelector("#status").textContent;
  const batch = await times(5, async () => {
    const before = words();
    const start = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", cancelable: true }));
    while (words() === before) await nextFrame();
    await drawn();
    return performance.now() - start;
  });
  return { moving, whole, pick, batch };
}

const row = (name, value, peer, unit = "ms") => ({ name: `page: ${name}`, value, unit, peer: peer.name, ratio: value / peer.ms, measure: "long" });
const frame = { name: "a frame of 60 a second", ms: FRAME_MS };

export async function frameRows() {
  const folder = mkdtempSync(join(tmpdir(), "ibmb-frames-"));
  const server = await servePage();
  const browser = await launch();
  const rows = [];
  try {
    const watch = () => {
      window.longTasks = [];
      new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask", buffered: true });
    };
    const { page } = await openPage(browser.context, server.url, { script: watch });
    const first = await page.evaluate(() => performance.now());
    rows.push(row("first view of Cora, from the start of the navigation", first, { name: "a second", ms: 1000 }));
    await page.locator("ibmb-model-panel #run:enabled").waitFor();
    await page.waitForTimeout(1000);
    const long = async (act) => {
      await page.evaluate(() => (window.longTasks.length = 0));
      await act();
      await page.waitForTimeout(500);
      return page.evaluate((least) => window.longTasks.filter((ms) => ms > least), LONG_MS);
    };
    const planning = await long(async () => {
      for (const topK of [40, 8, 64]) {
        await page.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').fill(String(topK));
        await page.keyboard.press("Tab");
        await page.waitForTimeout(300);
        await page.locator("ibmb-plan-panel #plan-result").waitFor();
      }
    });
    const training = await long(async () => {
      await page.locator("ibmb-model-panel #train-here").click();
      await page.locator('ibmb-model-panel [data-option="epochs"] input').fill("40");
      await page.locator("ibmb-model-panel #train").click();
      await page.locator("ibmb-model-panel", { hasText: "trained here" }).waitFor({ timeout: 120_000 });
    });
    for (const [what, tasks] of [["planning", planning], ["training", training]]) {
      rows.push({ ...row(`tasks above 50 ms while ${what}, ${tasks.length} of them, the longest`, Math.max(0, ...tasks), { name: "50 ms", ms: LONG_MS }) });
    }
    await page.close();
    for (const graph of GRAPHS) {
      const file = join(folder, `${graph.nodes}.csv`);
      writeFileSync(file, edgeList(graph));
      const { page: large } = await openPage(browser.context, server.url);
      await large.locator("ibmb-data-panel #files").setInputFiles(file);
      await large.locator("#notice", { hasText: "Opened" }).waitFor({ timeout: 600_000 });
      await large.waitForTimeout(3000);
      const { moving, whole, pick, batch } = await large.evaluate(measure);
      const size = `${graph.nodes / 1000}k nodes, ${graph.edges / 1000}k edges`;
      rows.push(
        row(`frame while the map moves, ${size}`, moving, frame), row(`frame of all edges, ${size}`, whole, frame),
        row(`node under the pointer, ${size}`, pick, frame), row(`another batch, drawn, ${size}`, batch, frame),
      );
      await large.close();
    }
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
