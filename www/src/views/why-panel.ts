import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { sign } from "../components/signs.ts";
import { memberOf, placeIn } from "../state/batch-members.ts";
import { takenTogether } from "../state/plan-settings.ts";
import { alphaOf, numChanged, type Said, type Share, saidOf, sharesOf, type Trial } from "../state/why.ts";
import { count, percent, plural, score, shorten, tidyClass } from "../state/words.ts";
import { markOf, nodeLink } from "./node-link.ts";
import type { Spot } from "./why-scatter.ts";

const MOST_OUTPUTS = 6;
const MOST_LEFT_OUT = 5;

/**
 * Reasons why the selected node is in the batch: for an output its influencers, for an auxiliary node the
 * outputs that selected it.
 */
export class WhyPanel extends AppElement {
  static override properties = { ...AppElement.properties, compared: { state: true } };
  /** Whether the scatter is open; it is drawn only then. */
  declare compared: boolean;

  static override styles = [
    shared,
    tableLooks,
    css`
    :host { margin-top: 14px; }
    section + section { margin-top: 14px; }
    ol { list-style: none; margin: 0; padding: 0; font-size: 12px; }
    .influencers, .outputs { display: grid; gap: 4px 8px; align-items: center; }
    .influencers { grid-template-columns: fit-content(11em) minmax(40px, 1fr) auto auto; }
    .outputs { grid-template-columns: minmax(0, 1fr) auto auto auto; }
    .influencers li, .outputs li { display: contents; }
    .who { display: flex; gap: 5px; min-width: 0; }
    button.link { text-align: left; text-decoration: none; }
    button.link:hover, button.link:focus-visible { text-decoration: underline; }
    .bars { display: grid; gap: 2px; }
    .bar { height: 6px; border-radius: 3px; background: var(--accent); width: var(--share); min-width: 1px; }
    .bar.exact { background: repeating-linear-gradient(135deg, var(--good) 0 3px, color-mix(in oklab, var(--good) 45%, var(--panel)) 3px 5px); }
    .key { display: inline-block; width: 18px; vertical-align: middle; margin-right: 4px; }
    .number { text-align: right; line-height: 1.2; }
    .number span { display: block; }
    label.without { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; }
    input[type="checkbox"] { accent-color: var(--accent); margin: 0; }
    .path { display: flex; flex-wrap: wrap; gap: 3px; align-items: center; margin-top: 5px; }
    .path button { min-height: 24px; padding: 0 7px; border-radius: 12px; max-width: 13em; overflow: hidden; text-overflow: ellipsis; }
    .path .share { flex-basis: 100%; }
    .trial { border-left: 3px solid var(--accent); padding: 3px 0 3px 9px; overflow-wrap: anywhere; }
  `,
  ];

  constructor() {
    super();
    this.compared = false;
  }

  protected stores() {
    const { view, planning, modelling, data, why } = this.app;
    return [view, planning, modelling, data, why];
  }

  protected override updated(): void {
    const { graph, plan } = this.app;
    const { batch, node, batchIndex } = this.app.view;
    const model = this.app.modelling.model?.handle ?? null;
    this.app.why.ask(
      graph === null || plan === null || batch === null || node === null
        ? null
        : { graph, plan, batch, index: batchIndex, node, model: graph.handle.numFeatures > 0 ? model : null },
    );
  }

  override render() {
    const { graph, plan } = this.app;
    const { batch, node } = this.app.view;
    const { problem, question } = this.app.why;
    if (graph === null || plan === null || batch === null || node === null) return nothing;
    const member = memberOf(batch, node);
    const current = question?.node === node && question.batch === batch;
    return html`${problem === null ? nothing : html`<p class="bad break" role="alert">${problem}</p>`}
      ${member !== null && !member.isOutput && current ? this.#auxiliary(node) : nothing}
      ${this.#influencers(node, member?.isOutput === true && current)}
      ${member?.isOutput && current ? html`${this.#captured(node)} ${this.#comparison(node)}` : nothing}`;
  }

  /**
   * The strongest nodes of any node by PPR; of an output of the batch with the model's exact influence below.
   */
  #influencers(node: number, isOutput: boolean) {
    const { influencers, batch } = this.app.view;
    if (influencers === null || influencers.node !== node)
      return html`<p class="quiet small">Computing its top influencers…</p>`;
    const { nodes, scores } = influencers.list;
    const { exact, trial } = this.app.why;
    const shares = new Map<number, Share>(
      isOutput && exact !== null ? sharesOf(exact).map((share) => [share.node, share]) : [],
    );
    const most = Math.max(
      ...scores,
      ...[...nodes].map((other) => shares.get(other)?.exact ?? 0),
      Number.MIN_VALUE,
    );
    const { measure, alpha } = this.app.plan!.settings;
    const layers = this.app.why.question?.model?.numLayers;
    const beyond = layers === undefined ? "–" : `beyond ${plural(layers, "layer")}`;
    const triable = (other: number) =>
      isOutput && this.app.why.question?.model !== null && memberOf(batch!, other)?.isOutput === false;
    const left = [...nodes].filter((other) => placeIn(batch!, other) < 0).length;
    return html`<section class="stack" aria-labelledby="rests">
      <h3 id="rests" title="Nodes with the greatest personalised PageRank from this node">Top influencers</h3>
      ${measure === "ppr" ? nothing : html`<p class="small quiet">by personalised PageRank, alpha ${alpha}; the plan uses the heat kernel</p>`}
      ${nodes.length === 1 ? html`<p class="small quiet">Only the node itself: no edge leads to it.</p>` : nothing}
      ${
        shares.size === 0
          ? nothing
          : html`<p class="small quiet"><span class="bar key"></span>PPR
        <span class="bar exact key"></span>exact influence on the model's output, as shares of the total</p>`
      }
      <ol class="influencers">
        ${[...nodes].map((other, i) => {
          const own = shares.get(other);
          return html`<li>
            <span class="who"><span>${sign(markOf(this.app, other))}</span>${other === node ? html`<span>itself</span>` : nodeLink(this.app, other)}</span>
            <span class="bars"><span class="bar" .style=${`--share: ${(100 * scores[i]!) / most}%`}></span>
              ${shares.size === 0 ? nothing : html`<span class="bar exact" .style=${`--share: ${(100 * (own?.exact ?? 0)) / most}%`}></span>`}</span>
            <span class="number"><span>${shares.size === 0 ? score(scores[i]!) : percent(scores[i]!)}</span>
              ${shares.size === 0 ? nothing : html`<span title=${own === undefined ? "More hops away than the model has layers: no influence on its output" : ""}>${own === undefined ? beyond : percent(own.exact)}</span>`}</span>
            <span>${triable(other) ? this.#tick(other, trial, `Predict without ${this.app.data.nameOf(other)}`, "without") : nothing}</span>
          </li>`;
        })}
      </ol>
      ${shares.size > 0 && nodes.length > 1 && ![...nodes].some(triable) ? html`<p class="small quiet">None of them is an auxiliary node ${sign("▲")} of the batch, so none can be left out for a test.</p>` : nothing}
      ${left > 0 ? html`<p class="small quiet">${sign("○")} outside batch ${this.app.view.batchIndex}</p>` : nothing}
      ${isOutput && trial !== null ? this.#trial(trial, node) : nothing}
    </section>`;
  }

  #tick(node: number, trial: Trial | null, label: string, text: string) {
    return html`<label class="without" title=${label}><input type="checkbox" aria-label=${label} .checked=${trial?.left === node}
      @change=${(event: Event) => this.app.why.tryWithout((event.target as HTMLInputElement).checked ? node : null)} />${text}</label>`;
  }

  #className(c: number): string {
    return shorten(tidyClass(this.app.graph!.handle.classNames[c] ?? `class ${c}`), 40);
  }

  /** What the batch says of an output with and without a node, both computed. */
  #trial({ left, result }: Trial, output: number) {
    if (result === null)
      return html`<p class="trial small quiet">Predicting the batch with and without the node…</p>`;
    const said = saidOf(result, output);
    const words = ({ class: c, probability }: Said) => `${this.#className(c)} ${percent(probability)}`;
    const changed = numChanged(result);
    const all = result.withNode.nodes.length;
    return html`<div class="trial small" id="trial" role="status">
      ${
        said === null
          ? nothing
          : html`${output === this.app.view.node ? nothing : html`<p>${shorten(this.app.data.nameOf(output), 40)}</p>`}
        <p><strong>With ${shorten(this.app.data.nameOf(left), 40)}: ${words(said.with)}</strong></p>
        <p><strong class=${said.with.class === said.without.class ? "" : "bad"}>Without: ${words(said.without)}${said.with.class === said.without.class ? nothing : html` ${sign("≠", "another class")}`}</strong></p>`
      }
      <p class="quiet">${changed === 0 ? `None of ${plural(all, "output")} of the batch changes its class.` : `${count(changed)} of ${plural(all, "output")} of the batch ${changed === 1 ? "changes its" : "change their"} class.`}</p>
    </div>`;
  }

  #captured(node: number) {
    const { around } = this.app.why;
    if (around === null) return html`<p class="quiet small">Computing its captured influence…</p>`;
    const leftOut = [...around.nodes.keys()].filter((i) => around.isChosen[i] === 0);
    const outside = around.reachedMass - around.capturedMass;
    return html`<section class="stack" aria-labelledby="held">
      <h3 id="held">Captured by this batch</h3>
      <dl>
        <dt title="Share of the influence on this output that comes from nodes of its batch">captured by the batch</dt><dd id="captured">${percent(around.capturedMass)}</dd>
        <dt title="Nodes with influence on this output that are not in the batch">left out, ${plural(around.numLeftOut, "node")}</dt><dd id="left-out">${percent(outside)}</dd>
        <dt title="Influence that the computation leaves out at this eps (tolerance)">below eps</dt><dd>${percent(Math.max(0, 1 - around.reachedMass))}</dd>
      </dl>
      ${
        leftOut.length === 0
          ? nothing
          : html`<p class="small quiet">Strongest nodes left out</p>
        <ol class="outputs">${leftOut.slice(0, MOST_LEFT_OUT).map(
          (i) => html`<li>
          <span class="who"><span>${sign("○")}</span>${nodeLink(this.app, around.nodes[i]!)}</span><span></span>
          <span class="number">rank ${count(around.rank[i]!)}</span><span class="number">${percent(around.scores[i]!, 2)}</span></li>`,
        )}</ol>
        ${dataTable(
          "The numbers",
          `Left out of the batch of ${shorten(this.app.data.nameOf(node), 40)}`,
          ["node", "rank", "hops", "influence"],
          leftOut.map((i) => [
            this.app.data.nameOf(around.nodes[i]!),
            count(around.rank[i]!),
            count(around.hop[i]!),
            percent(around.scores[i]!, 3),
          ]),
        )}`
      }
    </section>`;
  }

  #comparison(node: number) {
    const { exact, question, work } = this.app.why;
    const title = html`<h3 id="agree" title="Spearman's correlation of the ranks; IBMB paper, section 3">PPR and the model's exact influence</h3>`;
    if (question?.model === null) {
      return html`<section class="stack" aria-labelledby="agree">${title}<p class="small quiet">${
        this.app.graph!.handle.numFeatures === 0
          ? "A model needs node features, and this graph has none."
          : "Load weights or train a model to compute its exact influence and predictions without a node."
      }</p></section>`;
    }
    if (exact === null) {
      return html`<section class="stack" aria-labelledby="agree">${title}<p class="small quiet">${work.running ? "Computing derivatives…" : "Not computed."}</p></section>`;
    }
    const spots = (): Spot[] =>
      sharesOf(exact).map((share) => ({
        ...share,
        name: share.node === node ? "itself" : this.app.data.nameOf(share.node),
        inside: placeIn(this.app.view.batch!, share.node) >= 0,
      }));
    return html`<section class="stack" aria-labelledby="agree">${title}
      <p><strong id="correlation">${exact.rankCorrelation === null ? "–" : exact.rankCorrelation.toFixed(2)}</strong> rank correlation
        · <strong id="overlap">${percent(exact.topKOverlap, 0)}</strong> overlap of the top ${exact.k}
        <span class="quiet">· ${plural(exact.nodes.length, "node")} within the model's layers</span></p>
      <details ?open=${this.compared} @toggle=${(event: Event) => (this.compared = (event.target as HTMLDetailsElement).open)}>
        <summary class="small" id="compare">Chart of all nodes</summary>
        ${this.compared ? this.#scatter(spots()) : nothing}
      </details>
    </section>`;
  }

  #scatter(spots: Spot[]) {
    void import("./why-scatter.ts");
    return html`<ibmb-why-scatter .spots=${spots}></ibmb-why-scatter>`;
  }

  #auxiliary(node: number) {
    const { reasons, trial, question } = this.app.why;
    if (reasons === null)
      return html`<p class="quiet small">Computing its influence on the outputs of the batch…</p>`;
    const { method } = this.app.plan!.handle.options;
    const asked = reasons.asked.reduce((sum, one) => sum + one, 0);
    const numOutputs = this.app.view.batch!.outputNodes.length;
    const words =
      method === "cluster"
        ? "No single output: the batch is a whole part of the graph."
        : takenTogether(method)
          ? `Its score is the sum over ${count(asked)} of ${plural(numOutputs, "output")}.`
          : `${count(asked)} of ${plural(numOutputs, "output")} selected it: it is in their top-k.`;
    const all = reasons.scores.reduce((sum, one) => sum + one, 0);
    const others = [...reasons.batches].filter((batch) => batch !== this.app.view.batchIndex);
    const row = (i: number) => [
      this.app.data.nameOf(reasons.outputs[i]!),
      score(reasons.scores[i]!),
      percent(reasons.scores[i]! / all),
      count(reasons.ranks[i]!),
      reasons.asked[i] ? "yes" : "no",
    ];
    const from = this.app.why.paths?.from ?? reasons.outputs[0] ?? null;
    return html`<section class="stack" aria-labelledby="asked">
        <h3 id="asked">Selected by</h3>
        <p>${words}</p>
        <ol class="outputs" aria-label="Outputs by influence of this node">
          ${[...reasons.outputs].slice(0, MOST_OUTPUTS).map(
            (output, i) => html`<li>
            <span class="who"><span>${sign("●")}</span>${nodeLink(this.app, output)}</span>
            <span class="number">${score(reasons.scores[i]!)}</span>
            <span class="number" title=${reasons.asked[i] ? "This output selected the node" : "Not in the top-k of this output"}>rank ${count(reasons.ranks[i]!)}${reasons.asked[i] ? html` ${sign("✓", "yes")}` : nothing}</span>
            <button class="link" aria-pressed=${from === output ? "true" : "false"} aria-label=${`Paths from ${this.app.data.nameOf(output)}`} @click=${() => this.app.why.followFrom(output)}>paths</button>
          </li>`,
          )}
        </ol>
        ${dataTable(reasons.outputs.length > MOST_OUTPUTS ? `All ${count(reasons.outputs.length)} outputs` : "The numbers", "Outputs that this node influences", ["output", "score", "share", "rank", "selected it"], [...reasons.outputs.keys()].map(row))}
        ${
          others.length === 0
            ? html`<p class="small quiet">In this batch only.</p>`
            : html`<p class="small quiet">Also in ${others.length === 1 ? "batch" : "batches"}
          ${others.slice(0, 12).map((batch, i) => html`${i > 0 ? ", " : ""}<button class="link" @click=${() => void this.app.selection.selectBatch(batch)}>${batch}</button>`)}${others.length > 12 ? ` and ${count(others.length - 12)} more` : ""}.</p>`
        }
      </section>
      ${this.#paths(node)}
      ${
        question?.model === null || question === null
          ? nothing
          : html`<section class="stack">
        <p>${this.#tick(node, trial, "Predict the batch without this node", "Predict the batch without this node")}</p>
        ${trial === null ? nothing : this.#trial(trial, from ?? node)}
      </section>`
      }`;
  }

  #paths(node: number) {
    const { paths, reasons, question } = this.app.why;
    if (paths === null || reasons === null || question === null) return nothing;
    const at = reasons.outputs.indexOf(paths.from);
    const whole = at < 0 ? 0 : reasons.scores[at]!;
    const isPpr = this.app.plan!.settings.measure === "ppr";
    return html`<section aria-labelledby="paths">
      <h3 id="paths" title="Paths of greatest probability under a random walk with restart, within the batch">Strongest paths from ${shorten(this.app.data.nameOf(paths.from), 40)}</h3>
      ${
        paths.list === null
          ? html`<p class="quiet small">Searching…</p>`
          : paths.list.length === 0
            ? html`<p class="small">No path inside the batch: the influence comes through nodes outside it.</p>`
            : paths.list.map(
                ({ nodes, strength }) => html`<div class="path" role="group" aria-label="Path">
            ${[...nodes].map(
              (one, i) => html`${i > 0 ? html`<span>${sign("→")}</span>` : nothing}
              <button title=${this.app.data.nameOf(one)} ?disabled=${one === node} @click=${() => void this.app.selection.pick(one)}>${sign(markOf(this.app, one))} ${shorten(this.app.data.nameOf(one), 24)}</button>`,
            )}
            <span class="share small quiet">${plural(nodes.length - 1, "step")} · ${isPpr && whole > 0 ? `${strength / whole < 0.001 ? "< 0.1 %" : percent(strength / whole)} of its score for this output` : `probability ${score(strength)} at alpha ${alphaOf(question)}`}</span>
          </div>`,
              )
      }
    </section>`;
  }
}

customElements.define("ibmb-why", WhyPanel);
