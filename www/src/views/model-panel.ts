import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import "../components/choice-field.ts";
import "../components/number-field.ts";
import "../components/progress-line.ts";
import { partSize } from "../core/data.ts";
import { TRAIN_NUMBERS, type TrainNumber } from "../core/options.ts";
import { runSummary } from "../core/run-summary.ts";
import { count, plural } from "../core/words.ts";

/** The weights at hand: load, run, train, keep. */
export class ModelPanel extends AppElement {
  static override styles = [shared, css`
    input { display: none; }
    .row button { flex: 1; }
    details { border-top: 1px solid var(--line); padding-top: 6px; }
    details .stack { padding-top: 8px; }
    .summary { line-height: 1.5; }
  `];

  protected stores() {
    return [this.app.modelling, this.app.data, this.app.planning];
  }

  override render() {
    const { graph } = this.app;
    if (graph !== null && graph.handle.numFeatures === 0) {
      return html`<section class="stack" aria-labelledby="title">
        <h2 id="title">Model</h2>
        <p class="quiet">A model reads features, and this graph has none. Add features.npy or features_csr.npz beside its edges
          and open them together. The plan works without.</p>
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
    if (model === null) return html`<p class="quiet">No weights yet: load a safetensors file, or train below.</p><div class="row">${load}</div>`;
    const { arch, numFeatures, hidden, numClasses, numLayers, numParameters } = model.handle;
    const widths = [numFeatures, ...Array<number>(Math.max(0, numLayers - 1)).fill(hidden), numClasses].map(count).join(" → ");
    return html`<div>
        <p><strong>${arch.toUpperCase()}</strong> ${widths}</p>
        <p class="quiet small clip" title=${model.source}>${plural(numParameters, "parameter")} · ${model.source}</p>
      </div>
      <div class="row">${load}<button @click=${this.#download}>Save weights</button></div>`;
  }

  #run() {
    const { modelling } = this.app;
    if (modelling.work.running) {
      return html`<ibmb-progress label="inference" .progress=${modelling.work.progress}></ibmb-progress>
        <button @click=${() => modelling.work.cancel()}>Cancel</button>`;
    }
    const { run, training } = modelling;
    return html`<button id="run" class="primary" ?disabled=${modelling.model === null || this.app.plan === null || training?.running === true}
        @click=${() => void this.app.runInference()}>Run inference</button>
      ${run === null ? nothing : html`<p id="summary" class="summary small" aria-live="polite">${runSummary(run, this.app.graph!)}</p>`}`;
  }

  #training() {
    const { modelling, graph } = this.app;
    const { training, settings } = modelling;
    const lacks = this.app.trainingLacks;
    if (training?.running) {
      const last = training.epochs.at(-1);
      return html`<ibmb-progress label="training" .progress=${{ stage: "epoch", done: last?.epoch ?? 0, total: training.planned }}></ibmb-progress>
        <button id="stop" @click=${() => modelling.stopTraining()}>Stop and keep the best</button>`;
    }
    return html`<details>
      <summary>Train here</summary>
      ${lacks !== null
        ? html`<p class="quiet stack">${lacks}</p>`
        : html`<div class="stack">
            <ibmb-choice-field .label=${"over"} .help=${"The whole graph in every epoch, or the batches of a plan whose outputs are the training nodes, with the plan settings above and no more batches than training nodes."}
              .value=${settings.over} .choices=${[["full", "the full graph"], ["plan", "batches of a plan"]]}
              @pick=${(event: CustomEvent<"full" | "plan">) => modelling.setChoice({ over: event.detail })}></ibmb-choice-field>
            <ibmb-choice-field .label=${"features"} .help=${"As they are in the files, or each node's features divided by their sum."}
              .value=${settings.featureNormalization} .choices=${[["row", "rows sum to 1"], ["none", "as they are"]]}
              @pick=${(event: CustomEvent<"row" | "none">) => modelling.setChoice({ featureNormalization: event.detail })}></ibmb-choice-field>
            ${(Object.keys(TRAIN_NUMBERS) as TrainNumber[]).map((name) => html`<ibmb-number-field data-option=${name}
              .option=${TRAIN_NUMBERS[name]} .value=${settings[name]} .draft=${modelling.drafts[name]}
              @pick=${(event: CustomEvent<string>) => modelling.setNumber(name, event.detail)}></ibmb-number-field>`)}
            <button id="train" ?disabled=${Object.keys(modelling.drafts).length > 0 || modelling.work.running} @click=${() => void this.app.train()}>
              Train on ${plural(partSize(graph!, "train"), "node")}</button>
          </div>`}
    </details>`;
  }

  #download = async (): Promise<void> => {
    const { model } = this.app.modelling;
    if (model === null) return;
    const bytes = await model.handle.save();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "application/octet-stream" }));
    link.download = `${this.app.graph?.handle.name ?? "model"}-${model.handle.arch}.safetensors`.toLowerCase();
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  #onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (file) void this.app.openWeights({ name: file.name, data: file });
  };
}

customElements.define("ibmb-model-panel", ModelPanel);
