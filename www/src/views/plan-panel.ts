import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import "../components/choice-field.ts";
import "../components/number-field.ts";
import "../components/progress-line.ts";
import { partSize } from "../core/data.ts";
import { PLAN_CHOICES, PLAN_NUMBERS, type NumberOption, type PlanChoice, type PlanNumber } from "../core/options.ts";
import { millis, percent, plural } from "../core/words.ts";

/** How the batches are made. The plan follows every change. */
export class PlanPanel extends AppElement {
  static override styles = [shared, css`
    .head { display: flex; justify-content: space-between; align-items: baseline; }
    .stack { gap: 7px; }
    .result { min-height: 36px; }
  `];

  protected stores() {
    return [this.app.planning, this.app.data];
  }

  override render() {
    const { planning } = this.app;
    const none = this.app.graph === null;
    return html`<section class="stack" aria-labelledby="title">
      <div class="head">
        <h2 id="title">Plan</h2>
        ${planning.atDefaults ? nothing : html`<button class="link small" @click=${() => planning.reset()}>defaults</button>`}
      </div>
      ${(Object.keys(PLAN_NUMBERS) as PlanNumber[]).map((name) => html`<ibmb-number-field
        .option=${name === "outputsPerBatch" ? this.#outputsPerBatch() : PLAN_NUMBERS[name]} .value=${planning.value(name)} .draft=${planning.drafts[name]} ?disabled=${none}
        data-option=${name} @pick=${(event: CustomEvent<string>) => planning.setNumber(name, event.detail)}></ibmb-number-field>`)}
      ${(Object.keys(PLAN_CHOICES) as PlanChoice[]).map((name) => html`<ibmb-choice-field
        .label=${PLAN_CHOICES[name].label} .help=${PLAN_CHOICES[name].help} .value=${planning.settings[name]} ?disabled=${none}
        .choices=${name === "outputNodes" ? this.#outputChoices() : PLAN_CHOICES[name].choices}
        data-option=${name} @pick=${(event: CustomEvent<string>) => planning.setChoice(name, event.detail)}></ibmb-choice-field>`)}
      <div class="result small">${this.#result()}</div>
    </section>`;
  }

  /** The slider reaches up to one batch for all outputs. */
  #outputsPerBatch(): NumberOption {
    const option = PLAN_NUMBERS.outputsPerBatch;
    const all = this.app.plan?.handle.stats.numOutputs ?? 0;
    return { ...option, slider: { ...option.slider, to: Math.max(option.slider.from * 2, all) } };
  }

  #outputChoices() {
    const { graph } = this.app;
    return PLAN_CHOICES.outputNodes.choices.map(([value, label]) =>
      [value, label, graph !== null && value !== "all" && partSize(graph, value) === 0] as const);
  }

  #result() {
    const { planning } = this.app;
    if (planning.work.running) {
      return html`<ibmb-progress label="planning" .progress=${planning.work.progress}></ibmb-progress>
        <button class="link" @click=${() => planning.cancel()}>cancel</button>`;
    }
    const handle = planning.plan?.handle;
    if (handle === undefined) return nothing;
    const { stats } = handle;
    const ms = Object.values(stats.msByStage).reduce((sum, stage) => sum + stage, 0);
    const stages = Object.entries(stats.msByStage).map(([stage, time]) => `${stage} ${millis(time)}`).join(" · ");
    return html`<p id="plan-result"><strong>${percent(stats.capturedMass)}</strong> of influence captured ·
      <span title="Nodes of all batches over distinct nodes in them">${stats.replication.toFixed(2)}× copies</span> ·
      ${plural(handle.numBatches, "batch", "batches")} · <span title=${stages}>${millis(ms)}</span></p>`;
  }
}

customElements.define("ibmb-plan-panel", PlanPanel);
