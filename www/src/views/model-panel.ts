import "../components/choice-field.ts";
import "../components/flag-field.ts";
import "../components/number-field.ts";
import "../components/progress-line.ts";
import { css, html, nothing, type PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { AppElement, shared } from "../components/base.ts";
import { download, fileName } from "../components/downloads.ts";
import { withSigns } from "../components/signs.ts";
import { partSize } from "../state/graph.ts";
import { RUN_OPTIONS } from "../state/run-options.ts";
import { runSummary } from "../state/run-summary.ts";
import {
  counts,
  TRAIN_DEFAULTS,
  TRAIN_NAMES,
  type TrainOption,
  trainOption,
} from "../state/train-options.ts";
import { count, percent, plural } from "../state/words.ts";

/** The current weights: load, run, train, save. */
export class ModelPanel extends AppElement {
  static override styles = [
    shared,
    css`
    input { display: none; }
    .row button { flex: 1; }
    details { border-top: 1px solid var(--line); padding-top: 6px; }
    details .stack { padding-top: 8px; }
    .inside { padding-left: 14px; }
    .summary { line-height: 1.5; }
    #details { justify-self: start; }
  `,
  ];

  protected stores() {
    return [this.app.modelling, this.app.data, this.app.planning, this.app.running, this.app.view];
  }

  override render() {
    const { graph } = this.app;
    if (graph !== null && graph.handle.numFeatures === 0) {
      return html`<section class="stack" aria-labelledby="title">
        <h2 id="title">Model</h2>
        <p class="quiet">A model needs node features, and this graph has none. Add features.npy or features_csr.npz beside its edges
          and open them together. Planning works without features.</p>
      </section>`;
    }
    return html`<section class="stack" aria-labelledby="title">
      <h2 id="title">Model</h2>
      ${this.#model()} ${this.#run()} ${this.#training()}
      <input id="weights" type="file" accept=".safetensors" aria-label="Load weights" @change=${this.#onChosen} />
    </section>`;
  }

  #model() {
    const { model } = this.app.modelling;
    const load = html`<button @click=${() => this.renderRoot.querySelector<HTMLInputElement>("#weights")!.click()} ?disabled=${this.app.graph === null}>Load weights…</button>`;
    if (model === null)
      return html`<p class="quiet">No weights loaded: load a safetensors file, or train a model below.</p><div class="row">${load}</div>`;
    const { arch, numFeatures, hidden, numClasses, numLayers, numParameters } = model.handle;
    const widths = [numFeatures, ...Array<number>(Math.max(0, numLayers - 1)).fill(hidden), numClasses]
      .map(count)
      .join(" → ");
    return html`<div>
        <p><strong>${arch.toUpperCase()}</strong> ${withSigns(widths)}</p>
        <p class="quiet small clip" title=${model.source}>${plural(numParameters, "parameter")} · ${model.source}</p>
      </div>
      <div class="row">${load}<button @click=${this.#download}>Save weights</button></div>`;
  }

  #run() {
    const { modelling } = this.app;
    const { run, training, work } = modelling;
    return html`${
      work.running
        ? html`<ibmb-progress label="inference" .progress=${work.progress}></ibmb-progress>`
        : html`<button id="run" class="primary" ?disabled=${modelling.model === null || this.app.plan === null || training?.running === true}
            @click=${() => void this.app.runInference()}>Run inference</button>`
    }
      ${this.#arrived()}
      ${
        work.running
          ? html`<button @click=${() => modelling.cancelRun()}>Cancel</button>`
          : run === null
            ? nothing
            : html`
        <p id="summary" class="summary small" aria-live="polite">${runSummary(run, this.app.graph!)}</p>
        ${this.app.view.drawer === "run" ? nothing : html`<button id="details" class="link small" @click=${() => this.app.view.set({ drawer: "run" })}>show confusion, calibration, time, memory</button>`}`
      }
      ${this.#how()}`;
  }

  /** Progress of the batches on the map. */
  #arrived() {
    const { arrivals } = this.app.modelling;
    if (arrivals === null || arrivals.numLit === 0) return nothing;
    const { numLit, total, numRight, numLabelled } = arrivals;
    return html`<p id="arrived" class="small quiet">${count(numLit)} of ${plural(total, "batch", "batches")}${
      numLabelled === 0
        ? nothing
        : ` · accuracy ${percent(numRight / numLabelled)} on ${plural(numLabelled, "labelled node")}`
    }</p>`;
  }

  #how() {
    const { running } = this.app;
    const { workers, probabilities } = RUN_OPTIONS;
    const cores = navigator.hardwareConcurrency;
    return html`<details id="how">
      <summary>Inference options</summary>
      <div class="stack">
        <ibmb-number-field data-option="workers" .option=${workers} .value=${running.workers} .draft=${running.draft}
          @pick=${(event: CustomEvent<string>) => void running.setWorkers(event.detail)}></ibmb-number-field>
        <p class="small quiet">The batches are divided among the workers. Each worker holds a copy of its batches and of the weights. More workers are faster
          when there are many batches and free cores${cores > 0 ? `; this machine has ${plural(cores, "core")}` : nothing}. Results are bit-identical for any number of workers.</p>
        <ibmb-flag-field data-option="probabilities" .label=${probabilities.label} .help=${probabilities.help} ?value=${running.probabilities}
          @pick=${(event: CustomEvent<boolean>) => running.set({ probabilities: event.detail })}></ibmb-flag-field>
      </div>
    </details>`;
  }

  #training() {
    const { modelling, graph } = this.app;
    const { training, settings } = modelling;
    const lacks = this.app.trainingLacks;
    if (training?.running) {
      const last = training.epochs.at(-1);
      return html`<ibmb-progress label="training" .progress=${{ stage: "epoch", done: last?.epoch ?? 0, total: training.planned }}></ibmb-progress>
        <button id="stop" @click=${() => modelling.stopTraining()}>Stop and keep the best weights</button>`;
    }
    const names = TRAIN_NAMES.filter((name) => counts(name, settings));
    const fields = (some: readonly TrainOption[]) =>
      repeat(
        some,
        (name) => name,
        (name) => this.#field(name),
      );
    const less = names.filter((name) => trainOption(name).more);
    const changed = less.filter((name) => settings[name] !== TRAIN_DEFAULTS[name]).length;
    return html`<details id="training">
      <summary id="train-here">Training</summary>
      ${
        lacks !== null
          ? html`<p class="quiet stack">${lacks}</p>`
          : html`<div class="stack">
            ${fields(names.filter((name) => !trainOption(name).more))}
            <details id="more">
              <summary>More options${changed > 0 ? html`<span class="quiet"> · ${changed} changed</span>` : nothing}</summary>
              <div class="stack">${fields(less)}</div>
            </details>
            <button id="train" ?disabled=${Object.keys(modelling.drafts).length > 0 || modelling.work.running} @click=${() => void this.app.train()}>
              Train on ${plural(partSize(graph!, "train"), "node")}</button>
          </div>`
      }
    </details>`;
  }

  /** What is wrong must be in sight. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const wrong = Object.keys(this.app.modelling.drafts) as TrainOption[];
    const open = (id: string) => this.renderRoot.querySelector(id)?.setAttribute("open", "");
    if (this.app.running.draft !== undefined) open("#how");
    if (wrong.length > 0) open("#training");
    if (wrong.some((name) => trainOption(name).more)) open("#more");
  }

  #field(name: TrainOption) {
    const { modelling } = this.app;
    const option = trainOption(name);
    const value = modelling.settings[name];
    const take = (event: CustomEvent<never>) => modelling.set(name, event.detail);
    if (option.kind === "number") {
      return html`<ibmb-number-field class=${name.includes(".") ? "inside" : ""} data-option=${name} .option=${option} .value=${value as number} .draft=${modelling.drafts[name]}
        @pick=${(event: CustomEvent<string>) => modelling.setNumber(name, event.detail)}></ibmb-number-field>`;
    }
    if (option.kind === "flag") {
      return html`<ibmb-flag-field data-option=${name} .label=${option.label} .help=${option.help} ?value=${Boolean(value)} @pick=${take}></ibmb-flag-field>`;
    }
    return html`<ibmb-choice-field data-option=${name} .label=${option.label} .help=${option.help} .value=${String(value)} .choices=${option.choices}
      .meaning=${option.meanings?.[String(value)]} .problem=${modelling.drafts[name]?.problem} @pick=${take}></ibmb-choice-field>`;
  }

  readonly #download = async (): Promise<void> => {
    const { model } = this.app.modelling;
    if (model === null) return;
    const bytes = await model.handle.save();
    const name = fileName(this.app.graph?.handle.name ?? "model", model.handle.arch);
    download(`${name}.safetensors`, bytes as BlobPart, "application/octet-stream");
  };

  readonly #onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (file) void this.app.opening.openWeights({ name: file.name, data: file });
  };
}

customElements.define("ibmb-model-panel", ModelPanel);
