import "../components/choice-field.ts";
import "../components/heat-map.ts";
import type { Evaluation } from "ibmb";
import { css, html, nothing, type TemplateResult } from "lit";
import { barList, barLooks } from "../components/bar-charts.ts";
import { AppElement, shared } from "../components/base.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { saveTable } from "../components/downloads.ts";
import { reliability, reliabilityLooks } from "../components/reliability.ts";
import { className } from "../state/batch-columns.ts";
import { byClass, labelledParts, PARTS, type Part, WHOSE } from "../state/evaluation.ts";
import { partSize } from "../state/graph.ts";
import type { Run } from "../state/run.ts";
import { calibrationTable, confusionTable, predictionTable } from "../state/tables.ts";
import { bytes, count, millis, percent, plural, speedWords } from "../state/words.ts";
import type { RunStore } from "../stores/running.ts";

/** A whole matrix of so many classes can still be read as a table. */
const MOST_IN_TABLE = 16;

/** Batches beside the full graph: accuracy, calibration, time and memory. */
export class RunView extends AppElement {
  static override styles = [
    shared,
    tableLooks,
    barLooks,
    reliabilityLooks,
    css`
    :host { height: 100%; overflow: auto; padding: 10px 14px; }
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); gap: 16px 26px; align-items: start; }
    section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 5px; min-width: 0; }
    section h3 { color: var(--ink); }
    ibmb-heat-map { --side: 250px; }
    .matrix { display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 250px); gap: 6px; }
    .matrix .rows { display: grid; grid-auto-rows: minmax(0, 1fr); align-items: center; padding-bottom: 20px; max-width: 8em; font-size: 11px; color: var(--quiet); text-align: right; line-height: 1.1; }
    .matrix .none { display: none; }
    .figures { border-collapse: collapse; font-size: 12px; }
    .figures th, .figures td { text-align: right; padding: 1px 0 1px 8px; font-weight: 400; }
    .figures td { white-space: nowrap; }
    .figures th { color: var(--quiet); }
    .figures th:first-child { text-align: left; padding-left: 0; }
  `,
  ];

  protected stores() {
    return [this.app.modelling, this.app.planning, this.app.running, this.app.data];
  }

  override render() {
    const { run, work } = this.app.modelling;
    const { graph, plan } = this.app;
    if (graph !== null && graph.handle.numFeatures === 0) {
      return html`<p id="run-lacks">Inference needs node features, and this graph has none. Add features.npy or features_csr.npz beside its edges and open them together.</p>`;
    }
    if (graph === null || plan === null || run === null || run.plan !== plan.handle) {
      return html`<p class="quiet" id="run-lacks">${work.running ? "Running…" : "Run inference in the left panel (Space) to see accuracy, calibration, time and memory here."}</p>`;
    }
    const part = this.app.running.partOf(run);
    return html`<div class="grid">
      ${this.#quality(run)}
      ${
        part === null
          ? html`<section><h3>Confusion and calibration</h3><p class="small" id="evaluation-lacks">These nodes have no labels, so accuracy, confusion and calibration cannot be computed.
            Add labels.csv with the columns node and label beside the edges and open them together.</p></section>`
          : this.#evaluation(run, part)
      }
      ${this.#time(run)} ${this.#memory(run)}
    </div>`;
  }

  #card(
    id: string,
    title: string,
    summary: string | TemplateResult,
    content: unknown,
    save: unknown = nothing,
  ) {
    return html`<section aria-labelledby="${id}-title" id=${id}><div class="row"><h3 id="${id}-title">${title}</h3>${save}</div><p class="small quiet">${summary}</p>${content}</section>`;
  }

  #quality(run: Run) {
    const graph = this.app.graph!;
    const parts = labelledParts(run);
    const { batched, full } = run;
    const figure = (value: number | undefined) => (value === undefined ? "–" : percent(value));
    return this.#card(
      "quality",
      "Accuracy and F1",
      html`Agreement with the full graph (same predicted class): <strong>${percent(run.agreement)}</strong> of ${plural(batched.nodes.length, "node")}. F1 is the mean over the classes (macro).`,
      parts.length === 0
        ? nothing
        : html`<table class="figures">
        <caption class="small quiet" hidden>Accuracy and F1 by part of the split</caption>
        <thead><tr><th scope="col">nodes</th><th scope="col">accuracy</th><th scope="col">full graph</th><th scope="col">F1</th><th scope="col">full graph</th></tr></thead>
        <tbody>${PARTS.filter(([part]) => parts.includes(part)).map(
          ([part, words]) => html`<tr>
          <th scope="row">${part === "all" ? words : `${count(partSize(graph, part))} ${words.replace(" nodes", "")}`}</th>
          <td>${figure(batched.accuracy?.[part])}</td><td>${figure(full.accuracy?.[part])}</td><td>${figure(batched.f1?.[part])}</td><td>${figure(full.f1?.[part])}</td></tr>`,
        )}</tbody>
      </table>`,
      html`<span class="save small quiet">predictions: ${saveTable("the predictions", graph.handle.name, () => predictionTable(graph, run))}</span>`,
    );
  }

  #evaluation(run: Run, part: Part) {
    const { running } = this.app;
    const { value, problem } = running.evaluationOf(this.app.graph!, run, part);
    return html`
      <section id="looked-at">
        <h3>Shown</h3>
        <ibmb-choice-field data-option="part" label="nodes" help="The nodes on which predictions are compared with labels" .value=${part}
          .choices=${PARTS.filter(([one]) => labelledParts(run).includes(one))} @pick=${(event: CustomEvent<Part>) => running.set({ part: event.detail })}></ibmb-choice-field>
        <ibmb-choice-field data-option="whose" label="predictions" help="Predictions of the batches or of the full graph" .value=${running.whose}
          .choices=${WHOSE} @pick=${(event: CustomEvent<RunStore["whose"]>) => running.set({ whose: event.detail })}></ibmb-choice-field>
        ${problem !== null ? html`<p class="bad break" role="alert">${problem}</p>` : value === null ? html`<p class="quiet">Counting…</p>` : nothing}
      </section>
      ${value === null ? nothing : html`${this.#confusion(value, run)} ${this.#calibration(value)}`}`;
  }

  #confusion(evaluation: Evaluation, run: Run) {
    const { confusion, numNodes } = evaluation;
    const graph = this.app.graph!;
    const n = run.batched.numClasses;
    const names = Array.from({ length: n }, (_, c) => className(graph, c));
    const figures = byClass(confusion, n);
    const shares = Float64Array.from(
      confusion,
      (nodes, i) => nodes / Math.max(1, figures[Math.floor(i / n)]!.labelled),
    );
    const rows = figures.map(({ labelled, predicted, right, recall, precision, takenFor }, c) => [
      names[c]!,
      count(labelled),
      count(predicted),
      count(right),
      percent(recall),
      percent(precision),
      takenFor === null ? "–" : names[takenFor]!,
    ]);
    const all = Array.from({ length: n }, (_, c) => c);
    return this.#card(
      "confusion",
      "Confusion",
      `${plural(numNodes, "node")}: label in the row, prediction in the column, in the same order; darker cells are a larger share of their row. Correct predictions are on the diagonal.`,
      html`<div class="matrix"><div class=${n <= MOST_IN_TABLE ? "rows" : "none"} aria-hidden="true">${n <= MOST_IN_TABLE ? names.map((name) => html`<span class="clip" title=${name}>${name}</span>`) : nothing}</div>
        <ibmb-heat-map diagonal .values=${shares} .size=${n} .format=${(value: number) => percent(value, 0)}
          .words=${(row: number, column: number) => `${names[row]} → ${names[column]}: ${count(confusion[row * n + column]!)}`}
          .written=${(row: number, column: number) => count(confusion[row * n + column]!)}
          .label=${`Confusion of ${plural(n, "class", "classes")} on ${plural(numNodes, "node")}, from label in the row to prediction in the column`}></ibmb-heat-map></div>
        ${dataTable("By class", "Classes", ["class", "labelled", "predicted", "correct", "recall", "precision", "most confused with"], rows)}
        ${
          n <= MOST_IN_TABLE
            ? dataTable(
                "The numbers",
                "Nodes by label and prediction",
                ["label", ...names],
                all.map((row) => [names[row]!, ...all.map((column) => count(confusion[row * n + column]!))]),
              )
            : dataTable(
                "The numbers",
                "Pairs of label and prediction, the most frequent mistakes first",
                ["label", "prediction", "nodes"],
                this.#mistakes(confusion, names),
              )
        }`,
      saveTable("the confusion matrix", graph.handle.name, () => confusionTable(graph, evaluation, n)),
    );
  }

  /** Where a matrix would be too wide: its cells off the diagonal that are not 0. */
  #mistakes(confusion: Uint32Array, names: readonly string[]): string[][] {
    const n = names.length;
    return [...confusion.keys()]
      .filter((i) => confusion[i]! > 0 && i % (n + 1) !== 0)
      .sort((a, b) => confusion[b]! - confusion[a]! || a - b)
      .map((i) => [names[Math.floor(i / n)]!, names[i % n]!, count(confusion[i]!)]);
  }

  #calibration(evaluation: Evaluation) {
    const { calibration } = evaluation;
    const { count: nodes, right, confidence, error } = calibration;
    const range = (i: number) => `${percent(i / nodes.length, 0)} – ${percent((i + 1) / nodes.length, 0)}`;
    const rows = [...nodes.keys()]
      .filter((i) => nodes[i]! > 0)
      .map((i) => [range(i), count(nodes[i]!), percent(confidence[i]!), percent(right[i]! / nodes[i]!)]);
    return this.#card(
      "calibration",
      "Calibration",
      html`Expected calibration error <strong>${error === null ? "–" : percent(error)}</strong>: mean difference, over all nodes, between accuracy (bars) and confidence (short lines).
        On the dashed line both are equal; bars above it are underconfident. Guo et al., ICML 2017.`,
      html`${reliability(`Accuracy by confidence in ${count(nodes.length)} ranges`, calibration)}
        ${dataTable("The numbers", "Nodes by confidence", ["confidence", "nodes", "mean confidence", "accuracy"], rows)}`,
      saveTable("the calibration", this.app.graph!.handle.name, () => calibrationTable(evaluation)),
    );
  }

  #time(run: Run) {
    const { batched, full, firstMs, batchedMs, fullMs, repeats } = run;
    const stages = [...new Set([...Object.keys(firstMs), ...Object.keys(batched.msByStage)])];
    const words = (ms: number | undefined) => (ms === undefined ? "–" : millis(ms));
    const times = [...batched.batchMs].sort((a, b) => a - b);
    const passes = [
      ["batches", batchedMs],
      ["full graph", fullMs],
    ] as const;
    return this.#card(
      "speed",
      "Time",
      html`<strong>${speedWords(batchedMs, fullMs, repeats)}</strong>
        One batch takes ${millis(times[times.length >> 1] ?? NaN)} (median), ${millis(times.at(-1) ?? NaN)} at most. ${plural(run.workers, "worker")}.`,
      html`${barList(
        "Time of one inference pass",
        passes.map(([label, value]) => ({ label, value, text: millis(value) })),
      )}
        ${dataTable(
          "By stage",
          "Time by stage",
          ["stage", "first pass", "last pass", "full graph"],
          stages.map((stage) => [
            stage,
            words(firstMs[stage]),
            words(batched.msByStage[stage]),
            words(full.msByStage[stage]),
          ]),
        )}`,
    );
  }

  #memory(run: Run) {
    const parts = [
      ["batches", run.batched.bytes],
      ["full graph", run.full.bytes],
      ["plan", run.plan.stats.bytes],
      ["all WebAssembly", run.memoryBytes],
    ] as const;
    const meanings = [
      "Buffers, gathered features and results of inference in batches",
      "Buffers and results of inference on the full graph",
      "Nodes, edges and scores of all batches",
      "Memory of all workers; it is released only when they end",
    ];
    return this.#card(
      "memory",
      "Memory",
      "Memory of each inference method, of the plan, and of all workers together.",
      html`${barList(
        "Memory",
        parts.map(([label, value]) => ({ label, value, text: bytes(value) })),
      )}
        ${dataTable(
          "The numbers",
          "Memory in bytes",
          ["part", "bytes", "meaning"],
          parts.map(([label, value], i) => [label, count(value), meanings[i]!]),
        )}`,
    );
  }
}

customElements.define("ibmb-run", RunView);
