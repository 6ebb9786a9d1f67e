import { html, nothing } from "lit";

/**
 * Buttons side by side of which one is pressed. `lacks`: why one of them has nothing to show; it can be
 * reached, and `take` says so.
 */
export function segments<Value extends string>(
  label: string,
  choices: readonly (readonly [Value, string])[],
  chosen: Value,
  take: (value: Value) => void,
  lacks: (value: Value) => string | null = () => null,
) {
  return html`<div class="segments" role="group" aria-label=${label}>${choices.map(([value, words]) => {
    const why = lacks(value);
    return html`<button aria-pressed=${value === chosen ? "true" : "false"} aria-disabled=${why === null ? nothing : "true"} title=${why ?? nothing}
      @click=${() => take(value)}>${words}</button>`;
  })}</div>`;
}
