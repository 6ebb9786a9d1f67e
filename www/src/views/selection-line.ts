import { html, nothing } from "lit";
import { brightNodes, categoriesOf, countBy, type Kind } from "../state/categories.ts";
import { count, plural, shorten } from "../state/words.ts";
import type { Explorer } from "../stores/explorer.ts";

const MOST_GROUPS = 3;

/** What the nodes selected together are, in one line. */
export function selectionLine(app: Explorer, { frame, leave }: { frame(): void; leave(): void }) {
  const { chosen } = app.view;
  if (chosen.length === 0) return nothing;
  return html`<div class="selection" role="status" id="selection">
    <span><strong>${plural(chosen.length, "node")} selected</strong>${groups(app, "class", chosen)}${groups(app, "batch", chosen)}</span>
    <button class="link" @click=${frame}>zoom</button>
    <button class="link" @click=${() => {
      app.selection.choose([]);
      leave();
    }}>clear</button>
  </div>`;
}

function groups(app: Explorer, kind: Kind, chosen: Uint32Array) {
  const categories = categoriesOf(app, kind);
  if (categories === null) return nothing;
  const all = countBy(categories, chosen);
  const shown = all
    .slice(0, MOST_GROUPS)
    .map(
      ([group, num]) =>
        `${shorten(categories.label(group), 28)} ${kind === "batch" ? `(${count(num)})` : count(num)}`,
    );
  const rest = all.length - shown.length;
  return shown.length === 0
    ? nothing
    : html` · ${shown.join(", ")}${rest > 0 ? ` and ${count(rest)} more` : nothing}`;
}

/** How many nodes the filters keep, and the ways out. */
export function filterLine(app: Explorer, leave: () => void) {
  const bright = brightNodes(app);
  if (bright === null) return nothing;
  const num = bright.reduce((sum, one) => sum + one, 0);
  const nodes = () =>
    Uint32Array.from(
      { length: num },
      (() => {
        let node = -1;
        return () => (node = bright.indexOf(1, node + 1));
      })(),
    );
  return html`<span id="filtered">${count(num)} of ${plural(bright.length, "node")}</span>
    <button class="link" @click=${() => app.selection.choose(nodes())}>select them</button>
    <button class="link" @click=${() => {
      app.view.set({ filters: {} });
      leave();
    }}>show all</button>`;
}
