import "../components/heat-map.ts";
import { css, html, nothing, type TemplateResult } from "lit";
import { type Bar, barList, barLooks, columnChart } from "../components/bar-charts.ts";
import { AppElement, shared } from "../components/base.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { effectiveTheme, followTheme } from "../components/theme.ts";
import { classColours, css as cssColour } from "../state/colour.ts";
import { binned, MOST_PAIRED, type PlanFigures } from "../state/figures.ts";
import { count, millis, percent, plural, tidyClass } from "../state/words.ts";

/** Up to so many batches have a column each; more are counted by their value. */
const MOST_COLUMNS = 120;
const NUM_BINS = 24;
const MOST_IN_TABLE = 16;

/** The plan in pictures, each with its numbers behind it. */
export class FiguresView extends AppElement {
  static override styles = [
    shared,
    tableLooks,
    barLooks,
    css`
    :host { height: 100%; overflow: auto; padding: 10px 14px; }
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); gap: 16px 26px; align-items: start; }
    section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 5px; min-width: 0; }
    section h3 { color: var(--ink); }
    ibmb-heat-map { --side: 220px; }
  `,
  ];

  constructor() {
    super();
    followTheme(this);
  }

  protected stores() {
    return [this.app.planning, this.app.view, this.app.figures, this.app.data];
  }

  override render() {
    const { plan } = this.app;
    if (plan === null) return html`<p class="quiet">No plan yet.</p>`;
    const { value, problem } = this.app.figures.figuresOf(plan.handle);
    return html`<div class="grid">
      ${this.#captured()} ${this.#boundary()}
      ${
        problem !== null
          ? html`<p class="bad break" role="alert">${problem}</p>`
          : value === null
            ? html`<p class="quiet">Counting…</p>`
            : html`
        ${this.#hops(value)} ${this.#classes()} ${this.#overlap(value)}`
      }
      ${this.#copies()} ${this.#time()}
    </div>`;
  }

  #card(id: string, title: string, summary: string | TemplateResult, content: unknown) {
    return html`<section aria-labelledby="${id}-title" id=${id}><h3 id="${id}-title">${title}</h3><p class="small quiet">${summary}</p>${content}</section>`;
  }

  #captured() {
    const { stats, table } = this.app.plan!.handle;
    return this.#card(
      "captured",
      "Captured influence",
      html`Share of the influence on the outputs that comes from nodes of their batch: mean ${percent(stats.capturedMass)}, lowest output ${percent(stats.capturedLeast)}. IBMB paper, section 3.`,
      this.#perBatch(
        "captured influence",
        table.capturedMass,
        (share) => percent(share),
        { value: 1, text: "100 %" },
        ["mean", "lowest"],
        [table.capturedMass, table.capturedLeast],
      ),
    );
  }

  #boundary() {
    const { table } = this.app.plan!.handle;
    const total = table.numBoundaryEdges.reduce((sum, n) => sum + n, 0);
    const most = table.numBoundaryEdges.reduce((high, n) => Math.max(high, n), 0);
    return this.#card(
      "boundary",
      "Cut edges",
      `${count(total)} cut edges in all batches: edges with one end inside a batch and one outside.`,
      this.#perBatch(
        "cut edges",
        table.numBoundaryEdges,
        count,
        { value: most, text: count(most) },
        ["cut", "inside"],
        [table.numBoundaryEdges, table.numEdges],
      ),
    );
  }

  /** A column for each batch, or for each range of values where there are too many. */
  #perBatch(
    what: string,
    values: Float64Array | Uint32Array,
    words: (value: number) => string,
    top: { value: number; text: string },
    heads: readonly string[],
    columns: readonly (Float64Array | Uint32Array)[],
  ) {
    const { batchIndex } = this.app.view;
    const rows = Array.from(values, (_, i) => [String(i), ...columns.map((column) => words(column[i]!))]);
    const numbers = dataTable(
      "The numbers",
      `${what[0]!.toUpperCase()}${what.slice(1)} by batch`,
      ["batch", ...heads],
      rows,
    );
    if (values.length <= MOST_COLUMNS) {
      const bars: Bar[] = Array.from(values, (value, i) => ({
        label: `batch ${i}`,
        value,
        text: words(value),
        chosen: i === batchIndex,
      }));
      return html`${columnChart(`${what} of ${plural(values.length, "batch", "batches")}`, bars, top, values.length > 1 ? ["batch 0", `batch ${values.length - 1}`] : ["batch 0", ""])} ${numbers}`;
    }
    const bins = binned(values, NUM_BINS);
    const most = Math.max(...bins.map((bin) => bin.count));
    const chosen = bins.findIndex(
      ({ from, to }, i) => values[batchIndex]! >= from && (values[batchIndex]! < to || i === bins.length - 1),
    );
    const bars: Bar[] = bins.map((bin, i) => ({
      label: `${words(bin.from)} to ${words(bin.to)}`,
      value: bin.count,
      text: plural(bin.count, "batch", "batches"),
      chosen: i === chosen,
    }));
    return html`${columnChart(`batches by ${what}`, bars, { value: most, text: count(most) }, [words(bins[0]!.from), words(bins.at(-1)!.to)])} ${numbers}`;
  }

  #hops({ hops }: PlanFigures) {
    const bars: Bar[] = Array.from(hops.byHop, (n, hop) => ({
      label: hop === 0 ? "outputs" : plural(hop, "hop"),
      value: n,
      text: count(n),
    }));
    if (hops.noPath > 0)
      bars.push({ label: "no path", value: hops.noPath, text: count(hops.noPath), fill: "var(--control)" });
    return this.#card(
      "hops",
      "Hops to an output",
      "Nodes of all batches by their distance from the nearest output, along edges inside the batch.",
      html`${barList("Hops to an output", bars)} ${dataTable(
        "The numbers",
        "Nodes by hop",
        ["hop", "nodes"],
        bars.map(({ label, text }) => [label, text]),
      )}`,
    );
  }

  #classes() {
    const { batchIndex } = this.app.view;
    const { handle } = this.app.plan!;
    const { numClasses, classNames } = this.app.graph!.handle;
    const title = `Classes of batch ${batchIndex}`;
    if (numClasses === 0)
      return this.#card(
        "classes",
        title,
        "This graph has no labels, so there are no classes to count.",
        nothing,
      );
    const { value: labels, problem } = this.app.figures.labelsOf(handle);
    if (labels === null) return this.#card("classes", title, problem ?? "Counting…", nothing);
    const colours = classColours(numClasses, effectiveTheme());
    const row = labels.subarray(batchIndex * numClasses, (batchIndex + 1) * numClasses);
    const bars: Bar[] = Array.from(row, (n, c) => ({
      label: tidyClass(classNames[c] ?? `class ${c}`),
      value: n,
      text: count(n),
      fill: cssColour(colours[c]!),
    }));
    return this.#card(
      "classes",
      title,
      "Outputs of the selected batch by class. The schedule orders batches by these counts. IBMB paper, batch scheduling.",
      html`${barList(title, bars)} ${dataTable(
        "The numbers",
        title,
        ["class", "outputs"],
        bars.map(({ label, text }) => [label, text]),
      )}`,
    );
  }

  #overlap({ overlap }: PlanFigures) {
    const n = this.app.plan!.handle.numBatches;
    const { batchIndex } = this.app.view;
    if (overlap === null) {
      return this.#card(
        "overlap",
        "Shared nodes",
        `${count(n)} batches are too many for a comparison of all pairs; the limit is ${count(MOST_PAIRED)} batches.`,
        nothing,
      );
    }
    if (!overlap.some((shared, i) => shared > 0 && i % (n + 1) !== 0)) {
      return this.#card(
        "overlap",
        "Shared nodes",
        n === 1
          ? "There is only one batch, so no nodes are shared."
          : "No two batches have a node in common.",
        nothing,
      );
    }
    const batches = Array.from({ length: n }, (_, i) => i);
    const row = (a: number) => batches.map((b) => count(overlap[a * n + b]!));
    return this.#card(
      "overlap",
      "Shared nodes",
      "Nodes that two batches have in common; a node may be auxiliary in several batches. IBMB paper, section 3.",
      html`<ibmb-heat-map .values=${overlap} .size=${n} .chosen=${batchIndex} .format=${count}
          .label=${`Shared nodes of all pairs of ${plural(n, "batch", "batches")}; the frame marks the selected batch`}></ibmb-heat-map>
        ${
          n <= MOST_IN_TABLE
            ? dataTable(
                "The numbers",
                "Shared nodes of all pairs of batches",
                ["batch", ...batches.map(String)],
                batches.map((a) => [String(a), ...row(a)]),
              )
            : dataTable(
                "The numbers",
                `Nodes shared with batch ${batchIndex}`,
                ["batch", "shared"],
                row(Math.min(batchIndex, n - 1)).map((words, b) => [String(b), words]),
              )
        }`,
    );
  }

  #copies() {
    const { stats } = this.app.plan!.handle;
    const bars: Bar[] = [
      ["outputs", stats.numOutputs],
      ["distinct nodes", stats.numDistinctNodes],
      ["nodes of all batches", stats.numNodes],
    ].map(([label, value]) => ({
      label: label as string,
      value: value as number,
      text: count(value as number),
    }));
    return this.#card(
      "copies",
      "Replication",
      html`<strong>${stats.replication.toFixed(2)}×</strong> replication factor: nodes of all batches divided by distinct nodes in them.`,
      html`${barList("Replication", bars)} ${dataTable(
        "The numbers",
        "Nodes of the plan",
        ["nodes", "number"],
        bars.map(({ label, text }) => [label, text]),
      )}`,
    );
  }

  #time() {
    const { msByStage } = this.app.plan!.handle.stats;
    const bars: Bar[] = Object.entries(msByStage).map(([label, value]) => ({
      label,
      value,
      text: millis(value),
    }));
    const total = bars.reduce((sum, { value }) => sum + value, 0);
    return this.#card(
      "time",
      "Time by stage",
      `${millis(total)} to make the plan. Stages cached from an earlier plan of this graph take no time.`,
      html`${barList("Time by stage", bars)} ${dataTable(
        "The numbers",
        "Time by stage",
        ["stage", "time"],
        bars.map(({ label, text }) => [label, text]),
      )}`,
    );
  }
}

customElements.define("ibmb-figures", FiguresView);
