import { html } from "lit";

/** Buttons side by side of which one is pressed. */
export function segments<Value extends string>(label: string, choices: readonly (readonly [Value, string])[], chosen: Value, take: (value: Value) => void) {
  return html`<div class="segments" role="group" aria-label=${label}>${choices.map(([value, words]) => html`<button
    aria-pressed=${value === chosen ? "true" : "false"} @click=${() => take(value)}>${words}</button>`)}</div>`;
}
