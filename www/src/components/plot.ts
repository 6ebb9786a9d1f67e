/** Observable Plot, loaded when the first picture needs it. */

export type PlotModule = typeof import("@observablehq/plot");

/**
 * Name in Plot's own style rule: fixed, so that the content security policy in index.html can allow that rule
 * by its hash.
 */
export const PLOT_CLASS = "ibmb-plot";

let loading: Promise<PlotModule> | undefined;

export const loadPlot = (): Promise<PlotModule> => (loading ??= import("@observablehq/plot"));

/**
 * Draws on nothing what most pictures are made of, a piece a call: code that runs for the first time takes
 * longer than a frame, and it is better run while the page has nothing else to do.
 */
export const FIRST_PICTURES: readonly (() => Promise<unknown>)[] = [
  async () =>
    void (await loadPlot()).plot({ className: PLOT_CLASS, x: { domain: [0, 1] }, y: { domain: [0, 1] } }),
  async () => void (await loadPlot()).lineY([0, 1, 0], { stroke: "red" }).plot({ className: PLOT_CLASS }),
];

/** A picture as one thing with one name: Plot names its groups without a role, which is no use to anyone. */
export function asPicture<P extends Element>(picture: P): P {
  picture.setAttribute("role", "img");
  picture.querySelectorAll("g[aria-label]").forEach((group) => group.removeAttribute("aria-label"));
  return picture;
}
