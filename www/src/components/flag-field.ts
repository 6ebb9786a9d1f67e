import { css, html, LitElement } from "lit";
import { shared } from "./base.ts";

/** One option that is on or off. Fires `pick` with the state. */
export class FlagField extends LitElement {
  static override properties = { label: {}, help: {}, value: { type: Boolean }, disabled: { type: Boolean } };
  declare label: string;
  declare help: string;
  declare value: boolean;
  declare disabled: boolean;

  static override styles = [
    shared,
    css`
    .field { display: flex; justify-content: space-between; gap: 8px; align-items: center; min-height: 26px; }
    label { flex: 1; }
    input { width: 16px; height: 16px; margin: 0; accent-color: var(--accent); }
  `,
  ];

  override render() {
    return html`<div class="field" title=${this.help}>
      <label for="flag">${this.label}</label>
      <input id="flag" type="checkbox" aria-describedby="help" .checked=${this.value} ?disabled=${this.disabled}
        @change=${(event: Event) => this.dispatchEvent(new CustomEvent("pick", { detail: (event.target as HTMLInputElement).checked }))} />
      <span id="help" hidden>${this.help}</span>
    </div>`;
  }
}

customElements.define("ibmb-flag-field", FlagField);
