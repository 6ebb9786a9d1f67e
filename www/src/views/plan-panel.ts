import "../components/choice-field.ts";
import "../components/flag-field.ts";
import "../components/number-field.ts";
import "../components/progress-line.ts";
import { css, html, nothing, type PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { AppElement, shared } from "../components/base.ts";
import { numOutputs, partSize } from "../state/graph.ts";
import {
  type ChoiceOption,
  type FlagOption,
  type NumberOption,
  type PlanOption,
  planOption,
} from "../state/options.ts";
import { belongs, forOutputs, PLAN_DEFAULTS, PLAN_NAMES } from "../state/plan-settings.ts";
import { millis, percent, plural } from "../state/words.ts";

/** How the batches are made: the controls of the chosen method. The plan follows every change. */
export class PlanPanel extends AppElement {
  static override styles = [
    shared,
    css`
    .head { display: flex; justify-content: space-between; align-items: baseline; }
    .stack { gap: 7px; }
    details .stack { padding-top: 7px; }
    .result { min-height: 36px; }
  `,
  ];

  protected stores() {
    return [this.app.planning, this.app.data];
  }

  override render() {
    const { planning } = this.app;
    const names = PLAN_NAMES.filter((name) => belongs(name, planning.settings));
    const less = names.filter((name) => planOption(name).more);
    const changed = less.filter((name) => planning.settings[name] !== PLAN_DEFAULTS[name]).length;
    const field = (name: PlanOption) => this.#field(name);
    const keyed = (some: readonly PlanOption[]) => repeat(some, (name) => name, field);
    return html`<section class="stack" aria-labelledby="title">
      <div class="head">
        <h2 id="title">Plan</h2>
        ${planning.atDefaults ? nothing : html`<button class="link small" @click=${() => planning.reset()}>defaults</button>`}
      </div>
      ${keyed(names.filter((name) => !planOption(name).more))}
      <details>
        <summary>More options${changed > 0 ? html`<span class="quiet"> · ${changed} changed</span>` : nothing}</summary>
        <div class="stack">${keyed(less)}</div>
      </details>
      <div class="result small">${this.#result()}</div>
    </section>`;
  }

  /** What is wrong must be in sight. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const wrong = (Object.keys(this.app.planning.drafts) as PlanOption[]).some(
      (name) => planOption(name).more,
    );
    if (wrong) this.renderRoot.querySelector("details")!.open = true;
  }

  #field(name: PlanOption) {
    const option = planOption(name);
    if (option.kind === "number") return this.#number(name, option);
    return option.kind === "choice" ? this.#choice(name, option) : this.#flag(name, option);
  }

  #number(name: PlanOption, option: NumberOption) {
    const { planning, graph } = this.app;
    const held =
      graph === null ? option : forOutputs(option, numOutputs(graph, planning.settings.outputNodes));
    return html`<ibmb-number-field data-option=${name} .option=${held} .value=${planning.value(name)} .draft=${planning.drafts[name]}
      ?disabled=${graph === null} @pick=${(event: CustomEvent<string>) => planning.setNumber(held, event.detail)}></ibmb-number-field>`;
  }

  #choice(name: PlanOption, option: ChoiceOption) {
    const { planning, graph } = this.app;
    const value = planning.settings[name] as string;
    return html`<ibmb-choice-field data-option=${name} .label=${option.label} .help=${option.help} .value=${value}
      .choices=${name === "outputNodes" ? this.#outputChoices(option) : option.choices} .meaning=${option.meanings?.[value]}
      .problem=${planning.drafts[name]?.problem} ?disabled=${graph === null}
      @pick=${(event: CustomEvent<never>) => planning.set(name, event.detail)}></ibmb-choice-field>`;
  }

  #flag(name: PlanOption, option: FlagOption) {
    const { planning, graph } = this.app;
    return html`<ibmb-flag-field data-option=${name} .label=${option.label} .help=${option.help} ?value=${planning.value(name) === true}
      ?disabled=${graph === null || planning.value(name) === null}
      @pick=${(event: CustomEvent<never>) => planning.set(name, event.detail)}></ibmb-flag-field>`;
  }

  #outputChoices(option: ChoiceOption) {
    const { graph } = this.app;
    return option.choices.map(
      ([value, label]) =>
        [
          value,
          label,
          graph !== null && value !== "all" && partSize(graph, value as "train" | "val" | "test") === 0,
        ] as const,
    );
  }

  #result() {
    const { planning } = this.app;
    if (planning.work.running) {
      return html`<ibmb-progress label="planning" .progress=${planning.work.progress}></ibmb-progress>
        <button class="link" @click=${() => planning.cancel()}>cancel</button>`;
    }
    if (planning.refused) {
      return html`${planning.problem === null ? nothing : html`<p id="plan-problem" class="bad break" role="alert">${planning.problem}</p>`}
        ${planning.plan === null ? nothing : html`<button class="link" @click=${() => planning.cancel()}>back to the plan shown</button>`}`;
    }
    const handle = planning.plan?.handle;
    if (handle === undefined) return nothing;
    const { stats } = handle;
    const ms = Object.values(stats.msByStage).reduce((sum, stage) => sum + stage, 0);
    const stages = Object.entries(stats.msByStage)
      .map(([stage, time]) => `${stage} ${millis(time)}`)
      .join(" · ");
    return html`<p id="plan-result"><strong>${percent(stats.capturedMass)}</strong> captured influence ·
      <span title="Replication factor: nodes of all batches divided by distinct nodes in them">${stats.replication.toFixed(2)}× replication</span> ·
      ${plural(handle.numBatches, "batch", "batches")} · <span title=${stages}>${millis(ms)}</span></p>`;
  }
}

customElements.define("ibmb-plan-panel", PlanPanel);
