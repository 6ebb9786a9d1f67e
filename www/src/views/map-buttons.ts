import { html, nothing, svg } from "lit";
import type { Tool } from "../state/view.ts";
import type { Explorer } from "../stores/explorer.ts";

export interface MapActions {
  fit(): void;
  /** Shows the nodes that are selected together. */
  frame(): void;
  /** Saves a picture of what is seen. */
  save(): void;
}

const icon = (shape: ReturnType<typeof svg>) =>
  html`<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">${shape}</svg>`;

/** Buttons at the corner of the map. */
export function mapButtons(app: Explorer, actions: MapActions) {
  const { tool, chosen } = app.view;
  const drawing = (
    one: Tool,
    title: string,
    shape: ReturnType<typeof svg>,
  ) => html`<button class="icon" id=${one} title=${title} aria-label=${title}
    aria-pressed=${tool === one ? "true" : "false"} @click=${() => app.view.set({ tool: tool === one ? "move" : one })}>${icon(shape)}</button>`;
  return html`<div class="buttons">
    <button class="icon fit" title="Show all nodes (0)" aria-label="Show all nodes" @click=${() => actions.fit()}>
      ${icon(svg`<path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />`)}</button>
    ${drawing("rectangle", "Select by rectangle", svg`<path d="M2.5 3.5h11v9h-11z" stroke-dasharray="2.4 1.8" />`)}
    ${drawing("lasso", "Select by lasso (L)", svg`<path d="M8 2.5c3.3 0 5.7 1.7 5.7 4s-2.4 4-5.7 4-5.7-1.7-5.7-4 2.4-4 5.7-4z" stroke-dasharray="2.4 1.8" /><path d="M4.5 10c-1 1.5-.5 3.5 1.5 4" />`)}
    <button class="icon" id="png" title="Save a picture (PNG)" aria-label="Save a picture, PNG" @click=${() => actions.save()}>
      ${icon(svg`<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />`)}</button>
    ${
      chosen.length === 0
        ? nothing
        : html`<button class="icon" id="to-selection" title="Zoom to the selection" aria-label="Zoom to the selection" @click=${() => actions.frame()}>
      ${icon(svg`<circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 4 4M5 7h4M7 5v4" />`)}</button>`
    }
  </div>`;
}
