import "../components/number-field.ts";
import { css, html } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { PLANTED_FIELDS, PLANTED_OPTIONS } from "../state/planted-options.ts";
import { Planting } from "../stores/planting.ts";

/** Settings of a synthetic graph. */
export class PlantingForm extends AppElement {
  static override styles = [
    shared,
    css`
    :host { margin-top: 8px; }
    button { justify-self: start; }
  `,
  ];

  #planting: Readonly<Planting> | null = null;

  protected stores() {
    this.#planting ??= new Planting(this.app);
    return [this.app.data, this.#planting];
  }

  override render() {
    const planting = this.#planting!;
    const { work } = this.app.data;
    return html`<div class="stack">
      <p class="small quiet">Stochastic block model with class-dependent features. Split: 10 % training, 20 % validation, 70 % test nodes. The same settings give the same graph on every machine, and a link carries them.</p>
      ${PLANTED_FIELDS.map(
        (
          name,
        ) => html`<ibmb-number-field data-option=${name} .option=${PLANTED_OPTIONS[name]} .value=${planting.value(name)} .draft=${planting.drafts[name]}
        ?disabled=${work.running} @pick=${(event: CustomEvent<string>) => planting.set(name, event.detail)}></ibmb-number-field>`,
      )}
      <button id="make" ?disabled=${work.running || Object.keys(planting.drafts).length > 0} @click=${() => void planting.make()}>Make the graph</button>
    </div>`;
  }
}

customElements.define("ibmb-planting", PlantingForm);
