import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { count, millis, percent } from "../core/words.ts";

type Column = "batch" | "outputs" | "auxiliary" | "edges" | "captured" | "right" | "time";

const ROW = 24;
const HEAD = 28;
const SPARE = 8;

/** Every batch in numbers, sorted by any of them. Only the rows in view are in the document. */
export class BatchTable extends AppElement {
  static override properties = { ...AppElement.properties, column: { state: true }, falling: { state: true }, top: { state: true } };
  declare column: Column;
  declare falling: boolean;
  declare top: number;
  #lastIndex = -1;

  static override styles = [shared, css`
    :host { min-height: 0; height: 100%; overflow: hidden; }
    .empty { padding: 10px 14px; }
    .scroll { height: 100%; overflow: auto; }
    table { border-collapse: collapse; width: 100%; }
    thead th { position: sticky; top: 0; background: var(--panel); z-index: 1; padding: 0; text-align: right; box-shadow: inset 0 -1px var(--line); }
    thead button { border: 0; background: none; width: 100%; text-align: right; font-size: 12px; font-weight: 500; color: var(--quiet); padding: 0 12px; }
    thead th[aria-sort] button { color: var(--ink); font-weight: 600; }
    th:first-child button, td:first-child { text-align: left; }
    tbody tr { height: ${ROW}px; cursor: pointer; }
    td { padding: 0 12px; text-align: right; white-space: nowrap; }
    tbody tr:hover { background: var(--raised); }
    tbody tr[aria-selected="true"] { background: var(--wash); }
    tbody tr[aria-selected="true"] td:first-child { box-shadow: inset 3px 0 var(--accent); font-weight: 600; }
    @media (max-width: 599px) { td, thead button { padding: 0 6px; } }
    .space { height: var(--space); cursor: default; }
    .space:hover { background: none; }
    .space td { padding: 0; height: var(--space); }
  `];

  constructor() {
    super();
    this.column = "batch";
    this.falling = false;
    this.top = 0;
  }

  protected stores() {
    return [this.app.planning, this.app.modelling, this.app.view];
  }

  override render() {
    const { plan } = this.app;
    if (plan === null) return html`<p class="quiet empty">No plan yet.</p>`;
    const columns = this.#columns();
    const order = this.#order();
    const first = Math.max(0, Math.floor(this.top / ROW) - SPARE);
    const room = Math.ceil((this.clientHeight || 240) / ROW) + 2 * SPARE;
    const shown = order.slice(first, first + room);
    const after = order.length - first - shown.length;
    return html`<div class="scroll" @scroll=${(event: Event) => (this.top = (event.target as HTMLElement).scrollTop)}>
      <table role="grid" aria-label="Batches" aria-rowcount=${order.length + 1} tabindex="0" aria-activedescendant="row-${this.app.view.batchIndex}" @keydown=${this.#onKey}>
        <thead><tr>${columns.map(([column, label, meaning]) => html`<th scope="col" aria-sort=${this.column === column ? (this.falling ? "descending" : "ascending") : nothing}>
          <button tabindex="-1" title=${meaning} @click=${() => this.#sort(column)}>${label}${this.column === column ? (this.falling ? " ↓" : " ↑") : ""}</button></th>`)}</tr></thead>
        <tbody>
          ${first > 0 ? html`<tr class="space" aria-hidden="true" .style=${`--space: ${first * ROW}px`}><td colspan=${columns.length}></td></tr>` : nothing}
          ${shown.map((batch, i) => html`<tr id="row-${batch}" aria-rowindex=${first + i + 2} aria-selected=${batch === this.app.view.batchIndex ? "true" : "false"}
            @click=${() => void this.app.selection.selectBatch(batch)}>${columns.map(([, , , text]) => html`<td role="gridcell">${text(batch)}</td>`)}</tr>`)}
          ${after > 0 ? html`<tr class="space" aria-hidden="true" .style=${`--space: ${after * ROW}px`}><td colspan=${columns.length}></td></tr>` : nothing}
        </tbody>
      </table>
    </div>`;
  }

  protected override updated(): void {
    const { batchIndex } = this.app.view;
    if (this.app.plan === null || batchIndex === this.#lastIndex) return;
    this.#lastIndex = batchIndex;
    const box = this.renderRoot.querySelector(".scroll");
    const at = this.#order().indexOf(batchIndex) * ROW;
    if (box === null || at < 0) return;
    if (at < box.scrollTop) box.scrollTop = at;
    else if (at + ROW + HEAD > box.scrollTop + box.clientHeight) box.scrollTop = at + ROW + HEAD - box.clientHeight;
  }

  #columns(): [Column, string, string, (batch: number) => string][] {
    const { table } = this.app.plan!.handle;
    const run = this.#run();
    const columns: [Column, string, string, (batch: number) => string][] = [
      ["batch", "batch", "Number of the batch", (i) => String(i)],
      ["outputs", "● outputs", "Nodes this batch predicts", (i) => count(table.numOutputs[i]!)],
      ["auxiliary", "▲ auxiliary", "Nodes that help to predict the outputs", (i) => count(table.numAuxiliary[i]!)],
      ["edges", "edges", "Edges inside the batch", (i) => count(table.numEdges[i]!)],
      ["captured", "captured", "Mean share of the influence on an output that comes from nodes of its batch", (i) => percent(table.capturedMass[i]!)],
    ];
    if (run !== null && this.app.graph!.handle.labels !== null) {
      columns.push(["right", "right", "Share of its labelled outputs predicted right", (i) => percent(run.batchAccuracy[i]!)]);
    }
    if (run !== null) columns.push(["time", "time", "Time of the last pass", (i) => millis(run.batched.batchMs[i]!)]);
    return columns;
  }

  #run() {
    const { run } = this.app.modelling;
    return run !== null && run.plan === this.app.plan?.handle ? run : null;
  }

  #order(): number[] {
    const { table, numBatches } = this.app.plan!.handle;
    const run = this.#run();
    const by: Record<Column, ArrayLike<number> | undefined> = {
      batch: undefined, outputs: table.numOutputs, auxiliary: table.numAuxiliary, edges: table.numEdges, captured: table.capturedMass,
      right: run?.batchAccuracy, time: run?.batched.batchMs,
    };
    const order = Array.from({ length: numBatches }, (_, i) => i);
    const values = by[this.column];
    const sign = this.falling ? -1 : 1;
    return order.sort((a, b) => sign * (values === undefined ? a - b : values[a]! - values[b]!) || a - b);
  }

  #sort(column: Column): void {
    this.falling = this.column === column ? !this.falling : column !== "batch";
    this.column = column;
  }

  #onKey = (event: KeyboardEvent): void => {
    const order = this.#order();
    const at = order.indexOf(this.app.view.batchIndex);
    const page = Math.max(1, Math.floor(this.clientHeight / ROW) - 2);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: order.length - 1 };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void this.app.selection.selectBatch(order[Math.min(order.length - 1, Math.max(0, next))]!);
  };
}

customElements.define("ibmb-batch-table", BatchTable);
