import { html } from "lit";
import type { Sign } from "../components/signs.ts";
import { memberOf } from "../state/batch-members.ts";
import { shorten } from "../state/words.ts";
import type { Explorer } from "../stores/explorer.ts";

/** The name of a node, which selects it. */
export function nodeLink(app: Explorer, node: number, longest = 40) {
  const name = app.data.nameOf(node);
  return html`<button class="link clip" title=${name} @click=${() => void app.selection.pick(node)}>${shorten(name, longest)}</button>`;
}

/** What a node is in the selected batch, as the map marks it. */
export function markOf(app: Explorer, node: number): Sign {
  const { batch } = app.view;
  const member = batch === null ? null : memberOf(batch, node);
  return member === null ? "○" : member.isOutput ? "●" : "▲";
}
