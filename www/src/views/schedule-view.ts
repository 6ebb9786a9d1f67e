import "../components/choice-field.ts";
import "../components/number-field.ts";
import "../components/progress-line.ts";
import type { Order } from "ibmb";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { saveTable } from "../components/downloads.ts";
import { showsWay } from "../components/heat-map.ts";
import { type Sign, sign } from "../components/signs.ts";
import { DISTANCE, MOST_PAIRED, wayLength } from "../state/figures.ts";
import { distanceTable, scheduleTable } from "../state/tables.ts";
import { TRAIN_OPTIONS, type TrainSettings } from "../state/train-options.ts";
import { bytes, count, plural } from "../state/words.ts";
import { SPEEDS, type Speed } from "../stores/player.ts";

const MOST_LISTED = 200;
/** A whole matrix of so many batches can still be read as a table. */
const MOST_IN_TABLE = 16;

export const distanceWords = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 1 ? 2 : 4);

/** In which order training visits the batches, and the distances that the order is made from. */
export class ScheduleView extends AppElement {
  static override styles = [
    shared,
    tableLooks,
    css`
    :host { height: 100%; overflow: auto; padding: 10px 14px; }
    .split { display: grid; grid-template-columns: minmax(180px, 250px) 236px minmax(150px, 1fr); gap: 10px 24px; align-items: start; }
    ibmb-heat-map { width: 236px; --side: 236px; }
    ol { margin: 4px 0 0; padding: 0; list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(142px, 1fr)); gap: 1px 14px; font-size: 12px; max-height: 240px; overflow: auto; }
    ol { counter-reset: step var(--from, 0); }
    li.now { background: var(--wash); box-shadow: inset 2px 0 var(--accent); }
    #speed { min-height: 28px; }
    .saves { gap: 4px 18px; }
    li { display: flex; gap: 6px; counter-increment: step; }
    li::before { content: counter(step) "."; color: var(--quiet); min-width: 1.8em; text-align: right; }
    li .quiet { margin-left: auto; }
    @media (max-width: 799px) { .split { grid-template-columns: minmax(0, 1fr); } ibmb-heat-map { width: 100%; max-width: 300px; --side: 300px; } }
    @media (min-width: 600px) and (max-width: 799px) { .split { grid-template-columns: minmax(0, 1fr) 236px; } .order { grid-column: 1 / -1; } }
  `,
  ];

  protected stores() {
    return [
      this.app.planning,
      this.app.modelling,
      this.app.view,
      this.app.figures,
      this.app.figures.player,
      this.app.data,
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.app.figures.player.pause();
  }

  override render() {
    const { plan, graph } = this.app;
    if (plan === null || graph === null) return html`<p class="quiet">No plan yet.</p>`;
    const { numBatches } = plan.handle;
    if (graph.handle.numClasses === 0) {
      return html`<p id="schedule-lacks">A schedule compares the labels of the outputs of each batch, and this graph has none. Add labels.csv with the columns
        node and label beside its edges and open them together.</p>`;
    }
    if (numBatches === 0) return html`<p id="schedule-lacks">The plan has no batches.</p>`;
    if (numBatches > MOST_PAIRED) {
      return html`<p id="schedule-lacks">${count(numBatches)} batches are too many for a comparison of all pairs: their distances would take ${bytes(8 * numBatches ** 2)}.
        The limit is ${count(MOST_PAIRED)} batches; choose larger batches in the left panel. Planning, inference and training work without this limit.</p>`;
    }
    const { value, problem } = this.app.figures.orderOf(plan.handle);
    return html`<div class="split">
      <div class="stack">${this.#fields()}</div>
      ${problem !== null ? html`<p class="bad break" role="alert">${problem}</p>` : value === null ? this.#waiting() : this.#order(value, numBatches)}
    </div>`;
  }

  #fields() {
    const { modelling, figures } = this.app;
    const { schedule, seed } = TRAIN_OPTIONS;
    const { settings } = modelling;
    return html`
      <ibmb-choice-field data-option="schedule" .label=${schedule.label} .help=${schedule.help} .value=${settings.schedule} .choices=${schedule.choices}
        .meaning=${schedule.meanings[settings.schedule]}
        @pick=${(event: CustomEvent<TrainSettings["schedule"]>) => modelling.set("schedule", event.detail)}></ibmb-choice-field>
      <ibmb-choice-field data-option="distance" .label=${DISTANCE.label} .help=${DISTANCE.help} .value=${figures.distance} .choices=${DISTANCE.choices}
        .meaning=${DISTANCE.meanings![figures.distance]}
        @pick=${(event: CustomEvent<"kl" | "l1">) => figures.setDistance(event.detail)}></ibmb-choice-field>
      <ibmb-number-field data-option="seed" .option=${seed} .value=${settings.seed} .draft=${modelling.drafts.seed}
        @pick=${(event: CustomEvent<string>) => modelling.setNumber("seed", event.detail)}></ibmb-number-field>
      <p class="small quiet">Schedule and seed are the training options of the model panel. The order shown is for the batches of the current plan.</p>`;
  }

  #waiting() {
    const { work } = this.app.figures;
    return html`<div class="stack"><ibmb-progress label="computing the order" .progress=${work.progress}></ibmb-progress>
      ${
        work.running
          ? html`<button @click=${() => work.cancel()}>Cancel</button>`
          : html`<button @click=${() => this.app.figures.forget()}>Compute the order</button>`
      }</div>`;
  }

  #order(given: Order, numBatches: number) {
    const { order: epochs, distances, tourLength } = given;
    const { name } = this.app.graph!.handle;
    const { schedule } = this.app.modelling.settings;
    const { batchIndex } = this.app.view;
    const { player } = this.app.figures;
    player.take(epochs, numBatches);
    player.leave(batchIndex);
    const order = player.epochOrder;
    const from = Math.floor((player.step ?? 0) / MOST_LISTED) * MOST_LISTED;
    const length = tourLength ?? wayLength(order, distances);
    const plain = wayLength(
      Uint32Array.from({ length: numBatches }, (_, i) => i),
      distances,
    );
    const next = (i: number) => distances[order[i]! * numBatches + order[(i + 1) % numBatches]!]!;
    const listed = [...order.subarray(from, from + MOST_LISTED)];
    const steps = [...order].map((batch, i) => [String(i + 1), String(batch), distanceWords(next(i))]);
    return html`
      <div>
        <ibmb-heat-map .values=${distances} .size=${numBatches} .way=${order} .chosen=${batchIndex}
          .step=${player.before === null ? undefined : ([player.before, player.batch!] as const)} .format=${distanceWords}
          .label=${`Distances between ${plural(numBatches, "batch", "batches")}, from row to column${showsWay(numBatches) ? "; rings mark the steps of the order" : ""}; the frame marks the selected batch`}></ibmb-heat-map>
        <p class="small quiet">Distance from row to column${showsWay(numBatches) ? "; rings: steps of the order" : nothing}; frame: batch ${batchIndex}${player.before === null ? nothing : "; box: latest step"}.</p>
      </div>
      <div class="order stack">
        <p id="way">${
          numBatches === 1
            ? "There is only one batch, so there is nothing to order."
            : html`<strong>${distanceWords(length)}</strong> total distance of ${schedule === "order" ? "the fixed tour" : "this epoch's order"} ·
            ${distanceWords(length / numBatches)} per step · ${distanceWords(plain)} in order of batch numbers`
        }</p>
        ${this.#player(distances, numBatches)}
        <div class="row saves small quiet"><span>order: ${saveTable("the schedule", name, () => scheduleTable(given, numBatches))}</span>
          <span>distances: ${saveTable("the distances", name, () => distanceTable(given, numBatches))}</span></div>
        <div>
          <h3 id="order-title">Order of epoch ${count(player.epoch + 1)}${
            order.length <= MOST_LISTED
              ? nothing
              : from === 0
                ? `, its first ${count(MOST_LISTED)} batches`
                : `, from step ${count(from + 1)}`
          }</h3>
          <ol id="order" aria-labelledby="order-title" tabindex="0" .style=${`--from: ${from}`}>
            ${listed.map(
              (
                batch,
                i,
              ) => html`<li class=${from + i === player.step ? "now" : ""}><button class="link" aria-current=${from + i === player.step ? "step" : batch === batchIndex ? "true" : nothing}
              @click=${() => void this.app.selection.selectBatch(batch)}>batch ${batch}</button><span class="quiet" title="Distance to the next batch">${distanceWords(next(from + i))}</span></li>`,
            )}
          </ol>
        </div>
        ${dataTable("Steps in numbers", "Steps of the order", ["step", "batch", "distance to the next"], steps)}
        ${this.#matrix(distances, numBatches, batchIndex)}
      </div>`;
  }

  /** Goes through the epochs: every step selects its batch, on the map and in the matrix. */
  #player(distances: Float64Array, numBatches: number) {
    const { player } = this.app.figures;
    const { step, before, batch, epoch, numEpochs } = player;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const last = player.visit === numEpochs * numBatches - 1;
    const button = (id: string, label: string, which: Sign, enabled: boolean, act: () => void) =>
      html`<button class="icon" id=${id} aria-label=${label} title=${label} ?disabled=${!enabled} @click=${act}>${sign(which)}</button>`;
    return html`<div class="stack" role="group" aria-label="Play the schedule">
      <div class="row">
        ${button("previous-epoch", "Previous epoch", "⇤", epoch > 0, () => void player.toEpoch(epoch - 1))}
        ${button("step-back", "Step back", "←", (player.visit ?? 0) > 0, () => void player.move(-1))}
        ${calm ? nothing : html`<button id="play" class="primary" @click=${() => player.toggle()}>${player.playing ? "Pause" : "Play"}</button>`}
        ${button("step-on", "Step forward", "→", !last, () => void player.move(1))}
        ${button("next-epoch", "Next epoch", "⇥", epoch < numEpochs - 1, () => void player.toEpoch(epoch + 1))}
        ${
          calm
            ? nothing
            : html`<select id="speed" aria-label="Speed" @change=${(event: Event) => player.setSpeed((event.target as HTMLSelectElement).value as Speed)}>
          ${SPEEDS.map(([speed, label]) => html`<option value=${speed} .selected=${speed === player.speed}>${label}</option>`)}</select>`
        }
      </div>
      <p id="now" class="small">${
        step === null
          ? html`${calm ? "Step through the order" : "Play the order, or step through it"}: ${plural(numEpochs, "epoch")} are available. Each batch is selected when it is visited.`
          : html`Epoch ${count(epoch + 1)} of ${count(numEpochs)}, step ${count(step + 1)} of ${count(numBatches)}: <strong>batch ${batch}</strong>${
              before === null
                ? nothing
                : `, ${distanceWords(distances[before * numBatches + batch!]!)} from batch ${before}`
            }`
      }</p>
      ${calm ? html`<p class="small quiet" id="calm">Automatic play is off because this machine asks for reduced motion.</p>` : nothing}
    </div>`;
  }

  #matrix(distances: Float64Array, n: number, chosen: number) {
    const batches = Array.from({ length: n }, (_, i) => i);
    const row = (a: number) => batches.map((b) => distanceWords(distances[a * n + b]!));
    return n <= MOST_IN_TABLE
      ? dataTable(
          "Distances in numbers",
          "Distances of all pairs of batches",
          ["batch", ...batches.map(String)],
          batches.map((a) => [String(a), ...row(a)]),
        )
      : dataTable(
          "Distances in numbers",
          `Distances from batch ${chosen}`,
          ["to batch", "distance"],
          row(Math.min(chosen, n - 1)).map((words, b) => [String(b), words]),
        );
  }
}

customElements.define("ibmb-schedule", ScheduleView);
