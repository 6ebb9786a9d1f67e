import { css, html, LitElement, nothing } from "lit";
import type { Draft } from "../state/draft.ts";
import { fromSlider, type NumberOption, rangeOf, toSlider } from "../state/options.ts";
import { shared } from "./base.ts";

/**
 * One numeric option: a label, a field, a slider where the option has one, and what is wrong with the text.
 * Fires `pick` with the text.
 */
export class NumberField extends LitElement {
  static override properties = {
    option: { attribute: false },
    value: { attribute: false },
    draft: { attribute: false },
    disabled: { type: Boolean },
  };
  declare option: NumberOption;
  declare value: number | null;
  declare draft: Draft | undefined;
  declare disabled: boolean;
  /** Whoever is in the field to type keeps what stands there, whatever value comes meanwhile. */
  #typing = false;
  #shown = "";

  static override styles = [
    shared,
    css`
    .field { display: grid; grid-template-columns: 1fr 84px; gap: 2px 8px; align-items: center; }
    label { min-width: 0; }
    input[type="number"] { width: 100%; text-align: right; min-height: 26px; appearance: textfield; -moz-appearance: textfield; }
    input::-webkit-inner-spin-button { display: none; }
    input[type="range"] { grid-column: 1 / -1; width: 100%; height: 18px; margin: 0; accent-color: var(--accent); }
    .problem { grid-column: 1 / -1; color: var(--bad); font-size: 12px; }
  `,
  ];

  override render() {
    const { option, value, draft } = this;
    if (!this.#typing) this.#shown = draft?.text ?? (value === null ? "" : tidy(value));
    return html`<div class="field" title=${option.help}>
      <label for="text">${option.label}</label>
      <input id="text" type="number" step="any" inputmode="decimal" .value=${this.#shown} placeholder=${option.empty ?? nothing} ?disabled=${this.disabled}
        aria-invalid=${draft ? "true" : "false"} aria-describedby=${draft ? "problem help" : "help"}
        @focus=${this.#onType} @input=${this.#onType} @change=${this.#onGiven} @blur=${this.#onLeave} />
      ${
        option.slider
          ? html`<input type="range" min="0" max=${option.slider.steps} step="1" .value=${String(value === null ? 0 : toSlider(option, value))}
            aria-label="${option.label}, slider" aria-valuetext=${value === null ? (option.empty ?? "") : tidy(value)} ?disabled=${this.disabled} @input=${this.#onSlide} />`
          : nothing
      }
      ${draft ? html`<span id="problem" class="problem" role="alert">${draft.problem}</span>` : nothing}
      <span id="help" hidden>${option.help} Allowed: ${rangeOf(option)}.</span>
    </div>`;
  }

  readonly #onType = (): void => {
    this.#typing = true;
  };

  readonly #onGiven = (event: Event): void => {
    const { value, validity } = event.target as HTMLInputElement;
    this.#typing = false;
    // What is no number at all has no text here either; an empty field may be a value.
    this.#pick(validity.badInput ? "?" : value);
  };

  readonly #onLeave = (): void => {
    this.#typing = false;
    this.requestUpdate();
  };

  readonly #onSlide = (event: Event): void => {
    const at = Number((event.target as HTMLInputElement).value);
    this.#pick(String(fromSlider(this.option, at)));
  };

  #pick(text: string): void {
    this.dispatchEvent(new CustomEvent("pick", { detail: text }));
  }
}

const tidy = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential().replace("e-", "e-") : String(value);

customElements.define("ibmb-number-field", NumberField);
