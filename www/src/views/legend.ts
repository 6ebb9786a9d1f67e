import { html, nothing, svg } from "lit";
import { effectiveTheme } from "../components/theme.ts";
import type { Shares } from "../render/painter.ts";
import { categoriesOf, type Kind, kindOf, toggled } from "../state/categories.ts";
import { batchColour, css, GREY, RING, scoreColour, WRONG } from "../state/colour.ts";
import { count, percent, shorten } from "../state/words.ts";
import type { Explorer } from "../stores/explorer.ts";
import { filterLine } from "./selection-line.ts";

const MAX_GROUPS = 12;

const partly = (share: number): string => percent(share, share < 0.1 ? 1 : 0);

/**
 * What the marks and colours of the map mean. A press on an entry keeps its nodes and dims the rest; `leave`
 * is called when the way out has been taken.
 */
export function legend(app: Explorer, shares: Shares, leave: () => void) {
  const { graph, plan, view } = app;
  if (graph === null || plan === null) return nothing;
  const theme = effectiveTheme();
  const categories = categoriesOf(app, kindOf(view.colour)) ?? categoriesOf(app, "batch")!;
  const { kind } = categories;
  const coloured = kind !== "batch" && kind !== "role";
  const grey = css(GREY[theme]);
  const strong = css(scoreColour(0.8, theme));
  const output = coloured
    ? grey
    : kind === "role"
      ? strong
      : css(batchColour(plan.hues[view.batchIndex] ?? 0, theme));
  const toggle = (
    of: Kind,
    group: number,
    title: string,
    content: unknown,
  ) => html`<button title="${title}: highlight these nodes, dim the others"
    aria-pressed=${view.filters[of]?.includes(group) ? "true" : "false"} @click=${() => view.set({ filters: toggled(view.filters, of, group) })}>${content}</button>`;
  const role = (group: number, shape: ReturnType<typeof svg>, words: string) =>
    toggle("role", group, words, html`<svg viewBox="0 0 14 14" aria-hidden="true">${shape}</svg>${words}`);
  const swatch = (group: number) =>
    kind === "right" && group === 1
      ? html`<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M2 2 12 12M12 2 2 12" stroke=${css(WRONG)} stroke-width="2.6" /></svg>`
      : html`<i .style=${`--fill: ${css(categories.colour(group, theme))}`}></i>`;
  const groups = kind === "role" ? [] : [...Array(Math.min(categories.length, MAX_GROUPS)).keys()];
  // A group that is kept stays in sight.
  for (const group of view.filters[kind] ?? [])
    if (kind !== "role" && !groups.includes(group)) groups.push(group);
  const hidden = kind === "role" ? 0 : categories.length - groups.length;
  return html`<div class="legend" role="group" aria-label="Legend: press an entry to highlight its nodes and dim the others">
    ${role(0, svg`<circle cx="7" cy="7" r="5" fill=${output} stroke=${css(RING[theme])} stroke-width="1.6" />`, "output")}
    ${role(1, svg`<path d="M7 1.5 13 12H1z" fill=${coloured ? grey : strong} />`, "auxiliary")}
    ${role(2, svg`<circle cx="7" cy="7" r="2.4" fill=${grey} />`, "other")}
    ${
      coloured
        ? nothing
        : html`<span>weak
      <i class="ramp" .style=${`--from: ${css(scoreColour(0, theme))}; --middle: ${css(scoreColour(0.5, theme))}; --to: ${css(scoreColour(1, theme))}; border-radius: 2px; background: linear-gradient(to right, var(--from), var(--middle), var(--to)); width: 54px`}></i> strong</span>`
    }
    ${groups.map((group) => toggle(kind, group, categories.label(group), html`${swatch(group)}<span class="clip">${shorten(categories.label(group), 28)}</span>`))}
    ${hidden > 0 ? html`<span>and ${count(hidden)} more</span>` : nothing}
    <span class="quiet" id="shares">${shares.all >= 1 ? "all edges shown" : `${partly(shares.all)} of all edges shown`}${shares.batch >= 1 ? "" : `, ${partly(shares.batch)} of the batch's edges`}</span>
    ${filterLine(app, leave)}
  </div>`;
}
