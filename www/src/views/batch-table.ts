import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { saveTable } from "../components/downloads.ts";
import { sign, withSigns } from "../components/signs.ts";
import { effectiveTheme, followTheme } from "../components/theme.ts";
import {
  type BatchColumn,
  batchColumns,
  cellWords,
  className,
  classShares,
  commonest,
  sorted,
} from "../state/batch-columns.ts";
import { FILTER_HELP, readFilter } from "../state/batch-filter.ts";
import { classColours, css as cssColour, type Rgb } from "../state/colour.ts";
import type { Run } from "../state/run.ts";
import { batchTable } from "../state/tables.ts";
import { count, percent, plural } from "../state/words.ts";

const ROW = 24;
const HEAD = 28;
const SPARE = 8;
/** Classes with a part of their own in a bar; the others are one. */
const MOST_PARTS = 8;

/** What the table shows, and what it was made from. */
interface Content {
  from: readonly unknown[];
  columns: BatchColumn[];
  /** What the order follows. */
  column: string;
  falling: boolean;
  order: number[];
  problem: string | null;
}

/** Every batch in numbers, sorted and filtered by any of them. Only the rows in view are in the document. */
export class BatchTable extends AppElement {
  static override properties = { ...AppElement.properties, top: { state: true } };
  declare top: number;
  #lastIndex = -1;
  #content: Content | null = null;

  static override styles = [
    shared,
    css`
    :host { min-height: 0; height: 100%; overflow: hidden; display: grid; grid-template-rows: auto minmax(0, 1fr); }
    .empty { padding: 10px 14px; }
    .bar { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; padding: 5px 12px; }
    .bar input { flex: 1 1 180px; max-width: 360px; min-height: 26px; }
    .bar .problem { flex-basis: 100%; }
    .scroll { overflow: auto; }
    table { border-collapse: separate; border-spacing: 0; width: 100%; }
    thead th { position: sticky; top: 0; background: var(--panel); z-index: 1; padding: 0; text-align: right; box-shadow: inset 0 -1px var(--line); }
    thead button { border: 0; background: none; width: 100%; text-align: right; font-size: 12px; font-weight: 500; color: var(--quiet); padding: 0 7px; }
    thead th[aria-sort] button { color: var(--ink); font-weight: 600; }
    thead th:first-child { left: 0; z-index: 2; }
    th:first-child button, td:first-child, thead [data-column="classes"] { text-align: left; }
    tbody tr { height: ${ROW}px; cursor: pointer; }
    td { padding: 0 7px; text-align: right; white-space: nowrap; }
    td:first-child { position: sticky; left: 0; background: var(--panel); }
    tbody tr:hover td { background: var(--raised); }
    tbody tr[aria-selected="true"] td { background: var(--wash); }
    tbody tr[aria-selected="true"] td:first-child { box-shadow: inset 3px 0 var(--accent); font-weight: 600; }
    .classes { display: grid; grid-template-columns: 44px 122px; gap: 6px; align-items: center; text-align: left; }
    .parts { display: flex; gap: 1px; height: 9px; }
    .parts i { flex: var(--share) 0 0; background: var(--fill); min-width: 1px; }
    @media (max-width: 599px) { td, thead button { padding: 0 6px; } }
    .space { height: var(--space); cursor: default; }
    .space td, .space:hover td { padding: 0; height: var(--space); background: none; }
  `,
  ];

  constructor() {
    super();
    followTheme(this);
    this.top = 0;
  }

  protected stores() {
    return [this.app.planning, this.app.modelling, this.app.view, this.app.figures, this.app.data];
  }

  override render() {
    const { plan, view } = this.app;
    if (plan === null) return html`<p class="quiet empty">No plan yet.</p>`;
    const { columns, order, problem, column: by, falling } = this.#show();
    const first = Math.max(0, Math.min(Math.floor(this.top / ROW) - SPARE, order.length));
    const room = Math.ceil((this.clientHeight || 240) / ROW) + 2 * SPARE;
    const shown = order.slice(first, first + room);
    const after = order.length - first - shown.length;
    const space = (rows: number) =>
      rows === 0
        ? nothing
        : html`<tr class="space" aria-hidden="true" .style=${`--space: ${rows * ROW}px`}><td colspan=${columns.length}></td></tr>`;
    const colours = classColours(this.app.graph!.handle.numClasses, effectiveTheme());
    return html`
      <div class="bar">
        <input type="text" id="filter" aria-label="Filter the batches" placeholder="filter: aux > 300, captured < 90 %" title=${FILTER_HELP} spellcheck="false" autocomplete="off"
          maxlength="200" .value=${view.rows} aria-invalid=${problem === null ? "false" : "true"} aria-describedby=${problem === null ? "filter-help" : "filter-problem filter-help"} @input=${this.#onFilter} />
        <span id="filter-help" hidden>${FILTER_HELP}</span>
        <span id="shown" class="small quiet" role="status">${
          order.length === plan.handle.numBatches
            ? plural(order.length, "batch", "batches")
            : `${count(order.length)} of ${plural(plan.handle.numBatches, "batch", "batches")}`
        }</span>
        ${saveTable("these batches", this.app.graph!.handle.name, () => batchTable(this.app.graph!, columns, order, this.#labels()))}
        ${problem === null ? nothing : html`<span id="filter-problem" class="small bad problem" role="alert">${problem} All batches are shown.</span>`}
      </div>
      <div class="scroll" @scroll=${(event: Event) => (this.top = (event.target as HTMLElement).scrollTop)}>
        <table role="grid" aria-label="Batches" aria-rowcount=${order.length + 1} tabindex="0" aria-activedescendant=${shown.includes(view.batchIndex) ? `row-${view.batchIndex}` : nothing} @keydown=${this.#onKey}>
          <thead><tr>${columns.map(
            ({
              name,
              head,
              meaning,
            }) => html`<th scope="col" aria-sort=${by === name ? (falling ? "descending" : "ascending") : nothing}>
            <button tabindex="-1" data-column=${name} title=${meaning} @click=${() => this.#sort(name)}>${withSigns(head)}${by === name ? html` ${sign(falling ? "↓" : "↑")}` : nothing}</button></th>`,
          )}</tr></thead>
          <tbody>
            ${space(first)}
            ${shown.map(
              (
                batch,
                i,
              ) => html`<tr id="row-${batch}" aria-rowindex=${first + i + 2} aria-selected=${batch === view.batchIndex ? "true" : "false"}
              @click=${() => void this.app.selection.selectBatch(batch)}>${columns.map((column) => html`<td role="gridcell">${column.name === "classes" ? this.#classes(batch, colours) : cellWords(column, batch)}</td>`)}</tr>`,
            )}
            ${space(after)}
          </tbody>
        </table>
      </div>`;
  }

  protected override updated(): void {
    const { batchIndex } = this.app.view;
    if (this.app.plan === null || batchIndex === this.#lastIndex) return;
    this.#lastIndex = batchIndex;
    const box = this.renderRoot.querySelector(".scroll");
    const at = this.#show().order.indexOf(batchIndex) * ROW;
    if (box === null || at < 0) return;
    if (at < box.scrollTop) box.scrollTop = at;
    else if (at + ROW + HEAD > box.scrollTop + box.clientHeight)
      box.scrollTop = at + ROW + HEAD - box.clientHeight;
  }

  /** A bar of the classes of a batch's outputs, the most frequent first and in words. */
  #classes(batch: number, colours: readonly Rgb[]) {
    const graph = this.app.graph!;
    const parts = classShares(this.#labels()!, graph.handle.numClasses, batch);
    if (parts.length === 0) return html`<span class="quiet">no label</span>`;
    const words = parts
      .map(({ cls, count: n, share }) => `${className(graph, cls)} ${count(n)} (${percent(share, 0)})`)
      .join(", ");
    const rest = parts.slice(MOST_PARTS).reduce((sum, { share }) => sum + share, 0);
    const [top] = parts as [(typeof parts)[0]];
    return html`<span class="classes" title=${words}><span class="parts" aria-hidden="true">
      ${parts.slice(0, MOST_PARTS).map(({ cls, share }) => html`<i .style=${`--share: ${share}; --fill: ${cssColour(colours[cls]!)}`}></i>`)}
      ${rest > 0 ? html`<i .style=${`--share: ${rest}; --fill: var(--line)`}></i>` : nothing}</span>
      <span class="clip">${percent(top.share, 0)} ${className(graph, top.cls)}</span></span>`;
  }

  #labels(): Uint32Array | null {
    const { graph, plan, figures } = this.app;
    return graph!.handle.numClasses === 0 ? null : figures.labelsOf(plan!.handle).value;
  }

  /** Columns and order, made anew when what they come from is another. */
  #show(): Content {
    const { app } = this;
    const { sort, rows } = app.view;
    const plan = app.plan!;
    const run: Run | null = app.modelling.run?.plan === plan.handle ? app.modelling.run : null;
    const labels = this.#labels();
    const from = [plan, run, labels, sort, rows];
    if (this.#content?.from.every((one, i) => one === from[i])) return this.#content;
    const classes = labels === null ? null : commonest(labels, app.graph!.handle.numClasses);
    const columns = batchColumns(plan, run, classes?.share ?? null);
    const read = readFilter(
      rows,
      columns,
      classes === null
        ? null
        : (batch) => (classes.cls[batch]! < 0 ? "" : className(app.graph!, classes.cls[batch]!)),
    );
    const all = Array.from({ length: plan.handle.numBatches }, (_, i) => i);
    const falling = sort.startsWith("-");
    // What a column says may be gone, as after a change of the plan; the sort comes back with it.
    const by =
      columns.find(({ name, formerName }) => [name, formerName].includes(sort.replace("-", ""))) ??
      columns[0]!;
    const order = sorted(by, falling, "keeps" in read ? all.filter(read.keeps) : all);
    this.#content = {
      from,
      columns,
      column: by.name,
      falling,
      order,
      problem: "problem" in read ? read.problem : null,
    };
    return this.#content;
  }

  #sort(name: string): void {
    const { column, falling } = this.#show();
    const falls = column === name ? !falling : name !== "batch";
    this.app.view.set({ sort: name === "batch" && !falls ? "" : `${falls ? "-" : ""}${name}` });
  }

  readonly #onFilter = (event: Event): void => {
    this.app.view.set({ rows: (event.target as HTMLInputElement).value });
    // What was scrolled to may be filtered out.
    this.renderRoot.querySelector(".scroll")!.scrollTop = this.top = 0;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const { order } = this.#show();
    const at = order.indexOf(this.app.view.batchIndex);
    const page = Math.max(1, Math.floor(this.clientHeight / ROW) - 2);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: order.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined || order.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    void this.app.selection.selectBatch(order[Math.min(order.length - 1, Math.max(0, next))]!);
  };
}

customElements.define("ibmb-batch-table", BatchTable);
