import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { sign, withSigns } from "../components/signs.ts";
import { effectiveTheme } from "../components/theme.ts";
import { type Member, memberOf, numRanked } from "../state/batch-members.ts";
import { classColours, css as cssColour } from "../state/colour.ts";
import { takenTogether } from "../state/plan-settings.ts";
import { confidenceOf } from "../state/run-summary.ts";
import { count, FOR_ALL, millis, percent, score, shorten, tidyClass } from "../state/words.ts";
import { nodeLink } from "./node-link.ts";

/** The selected batch in numbers, and the selected node with its reasons. */
export class BatchPanel extends AppElement {
  static override styles = [
    shared,
    css`
    section + section { border-top: 1px solid var(--line); margin-top: 14px; padding-top: 14px; }
    .bar { height: 6px; border-radius: 3px; background: var(--fill, var(--accent)); width: var(--share); min-width: 1px; }
    .histogram { display: grid; grid-template-columns: minmax(0, 12em) 1fr auto; gap: 4px 8px; align-items: center; font-size: 12px; margin: 0; padding: 0; list-style: none; }
    .histogram > * { display: contents; }
    .number { text-align: right; }
    .head { display: flex; gap: 8px; justify-content: space-between; align-items: start; }
    .head h2 { overflow-wrap: anywhere; max-height: 4.4em; overflow: hidden; }
  `,
  ];

  protected stores() {
    return [this.app.view, this.app.planning, this.app.modelling, this.app.data];
  }

  override render() {
    const { batch } = this.app.view;
    const { graph, plan } = this.app;
    if (graph === null || plan === null || batch === null)
      return html`<p class="quiet">Open a graph to see its batches.</p>`;
    return html`${this.#batch()}${this.#node()}`;
  }

  #batch() {
    const { view, modelling } = this.app;
    const { handle } = this.app.plan!;
    const index = view.batchIndex;
    const { numOutputs, numAuxiliary, numEdges, capturedMass } = handle.table;
    const run = modelling.run?.plan === handle ? modelling.run : null;
    const accuracy = run?.batchAccuracy[index];
    return html`<section class="stack" aria-labelledby="batch">
      <h2 id="batch">Batch ${index}</h2>
      <dl>
        <dt title="Nodes that this batch predicts">${sign("●")} output nodes</dt><dd>${count(numOutputs[index]!)}</dd>
        <dt title="Nodes that are input only: the model needs them for the outputs and does not predict them here">${sign("▲")} auxiliary nodes</dt><dd>${count(numAuxiliary[index]!)}</dd>
        <dt>edges inside</dt><dd>${count(numEdges[index]!)}</dd>
        <dt title="Share of the influence on an output that comes from nodes of this batch, mean over the outputs">captured influence</dt><dd>${percent(capturedMass[index]!)}</dd>
        ${
          run === null
            ? nothing
            : html`
          ${accuracy !== undefined && Number.isFinite(accuracy) ? html`<dt>accuracy</dt><dd>${percent(accuracy)}</dd>` : nothing}
          <dt>time</dt><dd>${millis(run.batched.batchMs[index] ?? NaN)}</dd>`
        }
      </dl>
      ${this.#histogram()}
    </section>`;
  }

  #histogram() {
    const { labels, numClasses, classNames } = this.app.graph!.handle;
    if (labels === null || numClasses === 0) return nothing;
    const counts = new Uint32Array(numClasses);
    for (const node of this.app.view.batch!.outputNodes) if (labels[node]! >= 0) counts[labels[node]!]!++;
    const most = Math.max(1, ...counts);
    const colours = classColours(numClasses, effectiveTheme());
    const rows = [...counts.keys()].filter((c) => counts[c]! > 0).sort((a, b) => counts[b]! - counts[a]!);
    const shown = rows.slice(0, 8);
    return html`<h3>Classes of its outputs</h3>
      <div class="histogram" role="list" aria-label="Classes of its outputs">
        ${shown.map(
          (c) => html`<div role="listitem">
          <span class="clip" title=${classNames[c] ?? `class ${c}`}>${tidyClass(classNames[c] ?? `class ${c}`)}</span>
          <span class="bar" .style=${`--share: ${(100 * counts[c]!) / most}%; --fill: ${cssColour(colours[c]!)}`}></span>
          <span class="number">${count(counts[c]!)}</span>
        </div>`,
        )}
      </div>
      ${rows.length > shown.length ? html`<p class="small quiet">and ${rows.length - shown.length} more classes</p>` : nothing}`;
  }

  #node() {
    const { view, data, modelling } = this.app;
    const { node, batch } = view;
    if (node === null || batch === null) {
      return html`<section class="stack"><h2>Selected node</h2>
        <p class="quiet">Click a node on the map to see why it is in its batch: score, rank, the outputs that selected it, and its top influencers.</p></section>`;
    }
    const { handle } = this.app.graph!;
    const member = memberOf(batch, node);
    const name = data.nameOf(node);
    const home = this.app.plan!.handle.batchOf[node]!;
    const label = handle.labels?.[node] ?? -1;
    const prediction = modelling.run?.predictions[node] ?? -1;
    const confidence = modelling.run === null ? null : confidenceOf(modelling.run, node);
    const className = (c: number) => tidyClass(handle.classNames[c] ?? `class ${c}`);
    return html`<section class="stack" aria-labelledby="node">
      <div class="head">
        <h2 id="node" title=${name}>${shorten(name, 120)}</h2>
        <button class="icon" aria-label="Deselect the node" title="Deselect" @click=${() => this.app.selection.selectNode(null)}>${sign("×")}</button>
      </div>
      <p>${withSigns(this.#role(node))}</p>
      <dl>
        ${label < 0 ? nothing : html`<dt>class</dt><dd class="clip" title=${handle.classNames[label] ?? ""}>${className(label)}</dd>`}
        ${
          prediction < 0
            ? nothing
            : html`<dt>prediction</dt><dd class=${label >= 0 && label !== prediction ? "bad" : ""}>
          ${className(prediction)}${label < 0 ? nothing : html` ${label === prediction ? sign("✓", "correct") : sign("✗", "incorrect")}`}</dd>
          ${confidence === null ? nothing : html`<dt title="Probability of the predicted class: softmax of the logits">probability</dt><dd id="probability">${percent(confidence)}</dd>`}`
        }
        ${
          member === null
            ? nothing
            : html`
          <dt title=${
            this.app.plan!.handle.options.direction === "reference"
              ? "PageRank towards the batch's outputs, as in the published code"
              : "Influence of this node, summed over the outputs of the batch"
          }>score</dt><dd>${score(member.score)}</dd>
          ${this.#rank(member)}
          <dt title="Distance from the nearest output, along edges inside the batch">hops to an output</dt><dd>${member.hop ?? "no path"}</dd>`
        }
        ${
          member?.selectedBy === null || member === null || member.selectedBy === node
            ? nothing
            : html`
          <dt title="The output on which this node has the most influence">selected by</dt><dd>${nodeLink(this.app, member.selectedBy)}</dd>`
        }
        ${
          home < 0 || home === view.batchIndex
            ? nothing
            : html`
          <dt>predicted in</dt><dd><button class="link" @click=${() => void this.app.selection.goToBatchOf(node)}>batch ${home}</button></dd>`
        }
        <dt>neighbours</dt><dd>${count(this.app.graph!.neighbours.of(node).length)}</dd>
      </dl>
    </section>`;
  }

  #role(node: number): string {
    const { view } = this.app;
    const member = memberOf(view.batch!, node);
    if (member === null) return `Outside batch ${view.batchIndex}.`;
    if (member.isOutput) return `● Output of batch ${view.batchIndex}.`;
    const chosen = takenTogether(this.app.plan!.handle.options.method) ? `, ${FOR_ALL}` : "";
    return `▲ Auxiliary node of batch ${view.batchIndex}${chosen}: input only, not predicted here.`;
  }

  /**
   * Its place among the strongest nodes: of the batch where outputs are taken together, else of the output
   * that ranks it best.
   */
  #rank(member: Member) {
    const { method, topK } = this.app.plan!.handle.options;
    if (!takenTogether(method)) {
      return html`<dt title="Best place in the top-k list of any output">best rank</dt>
        <dd>${member.rank === null ? "in no top-k list" : `${member.rank} of ${topK}`}</dd>`;
    }
    const ranked = numRanked(this.app.view.batch!);
    if (ranked === 0)
      return html`<dt title="The batch is a whole part of the graph; its nodes are not ranked">rank</dt><dd>not ranked (whole part)</dd>`;
    return html`<dt title="Place among the strongest nodes for all outputs of the batch together">rank</dt>
      <dd>${member.rank === null ? "not ranked" : `${count(member.rank)} of ${count(ranked)}`}</dd>`;
  }
}

customElements.define("ibmb-batch-panel", BatchPanel);
