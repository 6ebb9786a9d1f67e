/**
 * Every view as it looks, against pictures that were looked at. `npm run references --workspace www` takes them anew. Nothing
 * in them comes from the machine: text is set in a font from a package, which is checked, signs are drawings of the page, times and
 * memory are frozen, and the map is drawn by the processor.
 */
import { foreignText } from "../font.mjs";
import { forcesAtRest, setOption } from "../look.mjs";
import { checkPicture } from "../picture.mjs";
import { compared } from "./14-compare.mjs";

const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];
const THEMES = ["light", "dark"];
/** A picture that is written has come out the same for so long. */
const WRITE_MS = 1500;
/** So long may a busy machine draw nothing and draw on; and once a picture has been found to differ, those that follow need not wait. */
const DIFFERS_MS = 8000;
const DIFFERS_TOO_MS = 500;
/** A page that changes for longer does not come to rest; on a busy machine the map is drawn in many steps. */
const RESTLESS_MS = 120_000;

/** What the page says of the machine is the same on all of them. */
const sameMachine = () => {
  Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => 8 });
  Object.defineProperty(Navigator.prototype, "userAgent", { get: () => "Mozilla/5.0 Chrome/150" });
};

const app = (page, act) => page.evaluate(`(${act})(document.querySelector("ibmb-explorer").app)`);

/** Times and memory of what has run become round numbers. */
const freeze = (page) =>
  app(page, ({ planning, modelling, comparing }) => {
    const { run, training } = modelling;
    const { stats } = planning.plan.handle;
    const stages = (byStage, ms) =>
      Object.keys(byStage).forEach((stage, i) => (byStage[stage] = ms * (i + 1)));
    stats.timeMs = 40;
    stages(stats.msByStage, 8);
    if (run !== null) {
      Object.assign(run, { batchedMs: 12, fullMs: 48, memoryBytes: 2 ** 26 });
      run.batched.batchMs.forEach((_, i, all) => (all[i] = 1 + i / 10));
      for (const [byStage, ms] of [
        [run.firstMs, 4],
        [run.batched.msByStage, 3],
        [run.full.msByStage, 9],
      ])
        stages(byStage, ms);
    }
    for (const epoch of training?.epochs ?? []) epoch.timeMs = 20;
    comparing.comparison?.points.forEach((point, i) =>
      Object.assign(point, {
        timeMs: 2 + i,
        least: 1 + i,
        most: 3 + i,
        prepareMs: 10 * i,
        samplingMs: point.samplingMs > 0 ? 1 : 0,
      }),
    );
    // Which point is suggested depends on the times that were measured.
    if (comparing.comparison)
      comparing.chosen = comparing.comparison.points.findIndex(
        ({ way, label }) => way === "node-wise" && label === "k 16",
      );
    for (const store of [planning, modelling, comparing]) store.changed();
  });

/** Opens or closes the rail that holds a view, where rails are sheets. */
async function toggleRail(page, rail) {
  const button = page.locator("ibmb-header .sheet", { hasText: rail });
  if (await button.isVisible()) await button.click();
}

/** Takes a part of the page, or all of it, until nothing is wrong with it or it has come out the same for so long. */
async function settled(page, part, check, restMs) {
  let before = null;
  let since = performance.now();
  let problem = null;
  const started = performance.now();
  while (performance.now() - started < RESTLESS_MS) {
    // Where the tabs of a narrow page have been scrolled to depends on what was open before, and on when that was.
    await page.locator("ibmb-drawer [role=tablist]").evaluate((list) => (list.scrollLeft = 0));
    const now = part === null ? await page.screenshot() : await page.locator(part).screenshot();
    const same = before?.equals(now) === true;
    if (!same) since = performance.now();
    before = now;
    const atRest = same && performance.now() - since >= restMs;
    if (!same || atRest) problem = check(now, atRest);
    if (problem === null || atRest) return problem;
    await page.waitForTimeout(120);
  }
  throw new Error("the page does not come to rest");
}

/** Takes a view at every size in every theme; returns what has changed. */
async function look(page, view, { part = null, rail = null, write }) {
  const problems = [];
  // The window grows for a tall part, and what a bar beside the page takes of its width would come and go.
  await page.evaluate(() => (document.documentElement.style.scrollbarWidth = "none"));
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    if (rail !== null) await toggleRail(page, rail);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.mouse.move(width - 2, 2);
      await page.evaluate(() => scrollTo(0, 0));
      // What is written is at rest; what is as it was need not be waited for.
      const check = (png, atRest) =>
        write && !atRest ? "not yet at rest" : checkPicture(`${view}-${width}-${colorScheme}`, png, write);
      const restMs = write ? WRITE_MS : problems.some((one) => one !== null) ? DIFFERS_TOO_MS : DIFFERS_MS;
      let problem = await settled(page, part, check, restMs);
      if (problem !== null && !write) {
        // Once more from the other theme: a change of it that the browser did not tell is no change of the view.
        await page.emulateMedia({ colorScheme: colorScheme === "dark" ? "light" : "dark" });
        await page.emulateMedia({ colorScheme });
        problem = await settled(page, part, check, restMs);
      }
      problems.push(problem);
    }
    if (rail !== null) await toggleRail(page, rail);
  }
  await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] });
  return problems.filter((problem) => problem !== null);
}

const tab = (page, name, drawn) => async () => {
  await page.locator(`ibmb-drawer #tab-${name}`).click();
  await page.locator(`ibmb-drawer ${drawn}`).first().waitFor();
};

/** Steps that lead from view to view on a page, each with what is taken. */
const WALKS = {
  "the map, rings and reasons look as in the pictures": (page) => [
    ["map-by-batch", async () => {}, {}],
    [
      "map-force",
      async () => {
        await page.keyboard.press("f");
        await forcesAtRest(page);
        await page.locator("ibmb-map .moving").waitFor({ state: "detached" });
      },
      { part: "ibmb-map" },
    ],
    [
      "why",
      async () => {
        await page.keyboard.press("b");
        await page.locator("ibmb-map canvas").focus();
        await page.keyboard.press("ArrowRight");
        await page.locator("ibmb-why .influencers li").first().waitFor();
      },
      { part: ".rail.details", rail: "Details" },
    ],
    [
      "rings",
      async () => {
        await page.keyboard.press("r");
        await page.locator("ibmb-rings .mark").first().waitFor();
      },
      { part: "ibmb-map" },
    ],
  ],
  "tables and charts of a plan look as in the pictures": (page) => [
    ["batches", tab(page, "batches", "tr[id]"), { part: "ibmb-drawer" }],
    ["schedule", tab(page, "schedule", "#order li"), { part: "ibmb-drawer" }],
    ["figures", tab(page, "figures", "#overlap canvas"), { part: "ibmb-drawer" }],
    ["setup", async () => {}, { part: ".rail.setup", rail: "Setup" }],
    [
      "help",
      async () => {
        await page.keyboard.press("?");
        await page.locator("ibmb-help dialog[open]").waitFor();
      },
      { part: "ibmb-help dialog" },
    ],
  ],
  "training and run look as in the pictures": (page) => [
    [
      "training",
      async () => {
        await page.locator("ibmb-model-panel #train-here").click();
        await setOption(page, "epochs", 20, "ibmb-model-panel");
        await page.locator("ibmb-model-panel #train").click();
        await page.locator("ibmb-training-chart #progress", { hasText: /20 epochs.*finished/s }).waitFor();
        await page.locator("ibmb-training-chart #loss svg").waitFor();
        await page.locator("ibmb-model-panel #train-here").click();
        await freeze(page);
      },
      { part: "ibmb-drawer" },
    ],
    [
      "run",
      async () => {
        await tab(page, "run", "ibmb-run")();
        await page.locator("ibmb-model-panel #run:enabled").click();
        await page.locator("ibmb-run #calibration svg").first().waitFor();
        await freeze(page);
      },
      { part: "ibmb-drawer" },
    ],
    ["model", async () => {}, { part: "ibmb-model-panel", rail: "Setup" }],
  ],
  "the comparison looks as in the pictures": (page) => [
    [
      "compare",
      async () => {
        await tab(page, "compare", "#run:enabled")();
        await page.locator('ibmb-compare [data-option="share"] select').selectOption("0.01");
        await compared(page);
        // Which point is suggested depends on times.
        await app(page, ({ comparing }) => comparing.choose(5));
        await freeze(page);
      },
      { part: "ibmb-drawer" },
    ],
  ],
  "the tour looks as in the pictures": (_page) => [["tour", async () => {}, { part: "ibmb-tour section" }]],
};

async function compareWalk({ open, write }, walk, options) {
  const page = await open({ script: sameMachine, ...options });
  await freeze(page);
  const problems = [];
  for (const [view, prepare, shown] of walk(page)) {
    await prepare();
    problems.push(...(await look(page, view, { ...shown, write })));
    const foreign = await foreignText(page);
    if (foreign.length > 0)
      throw new Error(
        `${view}: letters that the font of the tests does not have:\n  ${foreign.join("\n  ")}`,
      );
  }
  if (problems.length > 0) throw new Error(`${problems.length} pictures differ:\n  ${problems.join("\n  ")}`);
}

export const stories = Object.fromEntries(
  Object.entries(WALKS).map(([name, walk]) => [
    name,
    (given) => compareWalk(given, walk, name.startsWith("the tour") ? { tour: true } : {}),
  ]),
);
