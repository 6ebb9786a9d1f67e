import type { Epoch, TrainRun } from "ibmb";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { saveTable } from "../components/downloads.ts";
import { loadPlot, PLOT_CLASS, type PlotModule } from "../components/plot.ts";
import { followSize } from "../components/size.ts";
import { epochTable } from "../state/tables.ts";
import { paceOf, type Training } from "../state/training.ts";
import { count, millis, ordinal, percent, plural } from "../state/words.ts";

const REDRAW_MS = 150;
const ENDED: Record<TrainRun["ended"], string> = {
  epochs: "finished",
  "early-stop": "stopped early",
  stopped: "stopped",
};

/** Loss and accuracy by epoch, while they grow, with the numbers behind them. */
export class TrainingChart extends AppElement {
  static override styles = [
    shared,
    css`
    :host { height: 100%; overflow: auto; padding: 8px 14px; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); gap: 4px 20px; }
    .chart { min-width: 0; height: 150px; }
    h3 { margin-bottom: 2px; }
    .head { min-height: 28px; }
    #pace { margin-bottom: 4px; }
    table { border-collapse: collapse; font-size: 12px; margin-top: 6px; }
    th, td { text-align: right; padding: 1px 12px 1px 0; font-weight: 400; }
    th { color: var(--quiet); }
  `,
  ];

  #plot: PlotModule | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn = 0;

  protected stores() {
    return [this.app.modelling];
  }

  constructor() {
    super();
    followSize(this, () => void this.#draw());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override render() {
    const { training } = this.app.modelling;
    if (training === null)
      return html`<p class="quiet">Train a model in the left panel to see loss and accuracy here.</p>`;
    const { epochs } = training;
    const last = epochs.at(-1);
    const bestEpoch = bestOf(training);
    const best = bestEpoch === null ? null : epochs[bestEpoch - 1];
    return html`
      <div class="row head">
        ${
          // Before the words: there it stays where it is while they change.
          training.running
            ? html`<button id="stop-here" @click=${() => this.app.modelling.stopTraining()}>Stop and keep the best weights</button>`
            : nothing
        }
        <p id="progress">${
          last === undefined
            ? "Preparing…"
            : html`<strong>${plural(epochs.length, "epoch")}</strong>${training.running ? ` of ${count(training.planned)}` : nothing} · loss ${last.loss.toFixed(3)}
        · training ${percent(last.trainAccuracy)}${Number.isNaN(last.valAccuracy) ? nothing : ` · validation ${percent(last.valAccuracy)}`}
        ${training.running ? nothing : html` · ${training.ended === null ? "failed" : ENDED[training.ended]}${best ? `, best epoch ${best.epoch}${Number.isNaN(best.valAccuracy) ? "" : ` with ${percent(best.valAccuracy)} on validation nodes`}` : ""}`}`
        }</p>
        ${epochs.length === 0 ? nothing : saveTable("the epochs", this.app.graph?.handle.name ?? "model", () => epochTable(training))}</div>
      ${this.#pace(training)}
      <div class="charts">
        <div><h3>Loss: training (grey), validation (blue)</h3><div class="chart" id="loss"></div></div>
        <div><h3>Accuracy: training (grey), validation (blue)</h3><div class="chart" id="accuracy"></div></div>
      </div>
      ${training.running || epochs.length === 0 ? nothing : html`<details><summary class="small">The numbers</summary>${table(epochs)}</details>`}`;
  }

  /** Time per epoch, time left and the best epoch so far. */
  #pace(training: Training) {
    const { epochs, planned, running } = training;
    const pace = paceOf(training);
    const last = epochs.at(-1);
    if (pace === null || last === undefined) return nothing;
    const best = epochs[last.bestEpoch - 1];
    const kept =
      best === undefined || !running
        ? ""
        : ` · best so far: epoch ${best.epoch}${Number.isNaN(best.valAccuracy) ? "" : ` with ${percent(best.valAccuracy)}`}`;
    const atMost = this.app.modelling.settings.earlyStop ? " at most" : "";
    const time = running
      ? `about ${millis(pace.leftMs)} left for ${plural(planned - epochs.length, "epoch")}${atMost}`
      : `${millis(pace.totalMs)} in total`;
    return html`<p id="pace" class="small quiet">learning rate ${Number(last.learningRate.toPrecision(3))} · ${millis(pace.epochMs)} per epoch · ${time}${kept}</p>`;
  }

  protected override updated(): void {
    const training = this.app.modelling.training;
    if (training === null || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#drawn + REDRAW_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#load();
    }, wait);
  }

  async #load(): Promise<void> {
    this.#plot ??= await loadPlot();
    await this.#draw();
  }

  async #draw(): Promise<void> {
    const Plot = this.#plot;
    const epochs = this.app.modelling.training?.epochs;
    const loss = this.renderRoot.querySelector("#loss");
    const accuracy = this.renderRoot.querySelector("#accuracy");
    if (Plot === null || epochs === undefined || loss === null || accuracy === null) return;
    this.#drawn = performance.now();
    const common = {
      className: PLOT_CLASS,
      width: Math.max(160, loss.clientWidth),
      height: 148,
      marginLeft: 40,
      marginRight: 16,
      marginTop: 8,
      marginBottom: 26,
      x: { label: null, domain: [1, Math.max(2, epochs.length)], ticks: 5, tickFormat: "d" },
    };
    const line = (y: (epoch: Epoch) => number, stroke: string, strokeWidth = 1.5) =>
      Plot.lineY(epochs, { x: "epoch", y, stroke, strokeWidth });
    loss.replaceChildren(
      Plot.plot({
        ...common,
        ariaLabel: "Loss by epoch",
        y: { label: null, grid: true, ticks: 4, zero: true },
        marks: [
          line((e) => e.loss, "var(--control)"),
          ...(epochs.some((e) => Number.isFinite(e.valLoss))
            ? [line((e) => e.valLoss, "var(--accent)")]
            : []),
        ],
      }),
    );
    // A task of its own for each chart, so that none holds the page up.
    await new Promise((done) => setTimeout(done));
    const { training } = this.app.modelling;
    const best = training === null ? null : bestOf(training);
    accuracy.replaceChildren(
      Plot.plot({
        ...common,
        ariaLabel: "Accuracy by epoch",
        y: { label: null, grid: true, ticks: 4, domain: [0, 1], tickFormat: ".0%" },
        marks: [
          line((e) => e.trainAccuracy, "var(--control)"),
          ...(epochs.some((e) => Number.isFinite(e.valAccuracy))
            ? [line((e) => e.valAccuracy, "var(--accent)")]
            : []),
          ...(best ? [Plot.ruleX([best], { stroke: "var(--quiet)", strokeDasharray: "3 3" })] : []),
        ],
      }),
    );
  }
}

/** The epoch whose weights are kept, or would be now. */
const bestOf = ({ bestEpoch, epochs }: Training): number | null =>
  bestEpoch ?? epochs.at(-1)?.bestEpoch ?? null;

/** At most a hundred rows, evenly spread; the step is stated. */
function table(epochs: readonly Epoch[]) {
  const step = Math.ceil(epochs.length / 100);
  const rows = epochs.filter((_, i) => i % step === 0 || i === epochs.length - 1);
  return html`<table>
    <caption class="quiet small">${step === 1 ? "Every epoch" : `Every ${ordinal(step)} epoch and the last`}</caption>
    <thead><tr><th scope="col">epoch</th><th scope="col">loss</th><th scope="col">validation loss</th><th scope="col">learning rate</th><th scope="col">training accuracy</th><th scope="col">validation accuracy</th></tr></thead>
    <tbody>${rows.map((e) => html`<tr><td>${e.epoch}</td><td>${e.loss.toFixed(4)}</td><td>${Number.isNaN(e.valLoss) ? "–" : e.valLoss.toFixed(4)}</td><td>${Number(e.learningRate.toPrecision(3))}</td><td>${percent(e.trainAccuracy)}</td><td>${percent(e.valAccuracy)}</td></tr>`)}</tbody>
  </table>`;
}

customElements.define("ibmb-training-chart", TrainingChart);
