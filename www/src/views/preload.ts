import { FIRST_PICTURES, loadPlot } from "../components/plot.ts";
import type { Explorer } from "../stores/explorer.ts";

/** What is not needed at first sight, piece by piece. */
const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import("./help-dialog.ts"),
  () => import("./rings-view.ts"),
  () => import("./figures-view.ts"),
  () => import("./schedule-view.ts"),
  () => import("./run-view.ts"),
  () => import("./training-chart.ts"),
  () => import("./compare-view.ts"),
  () => import("./save-panel.ts"),
  () => import("./planting-form.ts"),
  () => import("./why-scatter.ts"),
  () => import("./columns-dialog.ts"),
  () => import("../stores/plan-file.ts"),
  loadPlot,
  ...FIRST_PICTURES,
];

/** A page that draws all the time has no time to spare; after so long the next piece comes all the same. */
const MOST_IDLE_MS = 2000;

/**
 * Loads the rest of the page while it has nothing else to do, so that it is there without a connection. What
 * fails is loaded when it is opened.
 */
export async function preloadParts(app: Explorer): Promise<void> {
  for (const load of [
    ...PARTS,
    async () => app.client?.preload(),
    async () => app.client?.preload("files"),
  ]) {
    await new Promise<void>((done) =>
      "requestIdleCallback" in window
        ? requestIdleCallback(() => done(), { timeout: MOST_IDLE_MS })
        : setTimeout(done, 200),
    );
    await load().catch(() => {});
  }
}
