import { css, html, LitElement, nothing } from "lit";
import { shared } from "./base.ts";

/**
 * One option with named choices, what the chosen one means, and what is wrong with it. Fires `pick` with the
 * value.
 */
export class ChoiceField extends LitElement {
  static override properties = {
    label: {},
    help: {},
    value: {},
    meaning: {},
    problem: {},
    choices: { attribute: false },
    disabled: { type: Boolean },
  };
  declare label: string;
  declare help: string;
  declare value: string;
  /** Value, label and, when the choice is not possible, why. */
  declare choices: readonly (readonly [value: string, label: string, impossible?: boolean])[];
  declare meaning: string | undefined;
  declare problem: string | undefined;
  declare disabled: boolean;

  static override styles = [
    shared,
    css`
    .field { display: grid; grid-template-columns: 94px minmax(0, 1fr); gap: 3px 8px; align-items: center; }
    .below { grid-column: 1 / -1; font-size: 12px; }
    select { width: 100%; min-height: 26px; padding: 0 2px; text-overflow: ellipsis; }
  `,
  ];

  override render() {
    const { meaning, problem } = this;
    const about = [problem ? "problem" : "", meaning ? "meaning" : "", "help"].filter(Boolean).join(" ");
    return html`<div class="field" title=${this.help}>
      <label for="choice">${this.label}</label>
      <select id="choice" aria-describedby=${about} aria-invalid=${problem ? "true" : "false"} ?disabled=${this.disabled}
        @change=${(event: Event) => this.dispatchEvent(new CustomEvent("pick", { detail: (event.target as HTMLSelectElement).value }))}>
        ${this.choices.map(
          ([value, label, impossible]) =>
            html`<option value=${value} .selected=${value === this.value} ?disabled=${impossible === true}>${label}</option>`,
        )}
      </select>
      ${meaning ? html`<span id="meaning" class="below quiet">${meaning}</span>` : nothing}
      ${problem ? html`<span id="problem" class="below bad problem" role="alert">${problem}</span>` : nothing}
      <span id="help" hidden>${this.help}</span>
    </div>`;
  }
}

customElements.define("ibmb-choice-field", ChoiceField);
