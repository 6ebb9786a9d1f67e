import { html, nothing, svg } from "lit";
import { effectiveTheme } from "../components/theme.ts";
import { batchColour, classColours, css, RIGHT, scoreColour, WRONG, GREY, RING } from "../core/colour.ts";
import type { Explorer } from "../core/explorer.ts";
import { count, percent, shorten, tidyClass } from "../core/words.ts";

const MAX_CLASSES = 12;

/** What the marks and colours of the map mean. */
export function legend(app: Explorer, share: number) {
  const { graph, plan, view } = app;
  if (graph === null || plan === null) return nothing;
  const theme = effectiveTheme();
  const mode = view.colour;
  const colour = css(batchColour(plan.hues[view.batchIndex] ?? 0, theme));
  const mark = (shape: ReturnType<typeof svg>, words: string) => html`<span><svg viewBox="0 0 14 14" aria-hidden="true">${shape}</svg>${words}</span>`;
  const byClass = mode === "class" || (mode === "prediction" && app.modelling.run !== null);
  const plain = byClass || mode === "right" ? css(GREY[theme]) : mode === "influence" ? css(scoreColour(0.8, theme)) : colour;
  const strong = byClass || mode === "right" ? css(GREY[theme]) : css(scoreColour(0.8, theme));
  const { numClasses, classNames } = graph.handle;
  return html`<div class="legend">
    ${mark(svg`<circle cx="7" cy="7" r="5" fill=${plain} stroke=${css(RING[theme])} stroke-width="1.6" />`, "output")}
    ${mark(svg`<path d="M7 1.5 13 12H1z" fill=${strong} />`, "auxiliary")}
    ${mode === "right" ? html`
      ${mark(svg`<path d="M2 2 12 12M12 2 2 12" stroke=${css(WRONG)} stroke-width="2.6" />`, "wrong")}
      ${mark(svg`<circle cx="7" cy="7" r="4" fill=${css(RIGHT[theme])} />`, "right")}` : nothing}
    ${mark(svg`<circle cx="7" cy="7" r="2.4" fill=${css(GREY[theme])} />`, "other")}
    ${byClass || mode === "right" ? nothing : html`<span>weak
      <i class="ramp" .style=${`--from: ${css(scoreColour(0, theme))}; --middle: ${css(scoreColour(0.5, theme))}; --to: ${css(scoreColour(1, theme))}; border-radius: 2px; background: linear-gradient(to right, var(--from), var(--middle), var(--to)); width: 54px`}></i> strong</span>`}
    ${byClass ? classColours(numClasses, theme).slice(0, MAX_CLASSES).map((fill, c) => html`<span title=${classNames[c] ?? ""}>
      <i .style=${`--fill: ${css(fill)}`}></i><span class="clip">${shorten(tidyClass(classNames[c] ?? `class ${c}`), 28)}</span></span>`) : nothing}
    ${byClass && numClasses > MAX_CLASSES ? html`<span>and ${count(numClasses - MAX_CLASSES)} more</span>` : nothing}
    <span class="quiet">${share >= 1 ? "all edges" : `${percent(share, share < 0.1 ? 1 : 0)} of edges`}</span>
  </div>`;
}
