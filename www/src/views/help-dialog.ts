import { css, html, LitElement } from "lit";
import { shared } from "../components/base.ts";
import { sign, withSigns } from "../components/signs.ts";

const KEYS = [
  ["↑ ↓", "previous, next batch"],
  ["← →", "on the map: previous, next node of the batch, by descending score"],
  ["Enter", "on the map: go to the batch that predicts the selected node"],
  ["+ −", "on the map: zoom"],
  ["Shift+↑ ↓ ← →", "on the map: move the map"],
  ["0", "show all nodes"],
  ["/", "find a node by id, name or class"],
  ["1 – 6", "colour by batch, class, prediction, correct or incorrect, influence, split"],
  ["M", "on the map: add the node to the selection or remove it; Shift and a click do the same"],
  ["L", "select by lasso; Enter on the map then selects all nodes in view, Esc ends the lasso"],
  [
    "B F P R",
    "layout by batch, by forces, with the coordinates from the file, or as rings around an output or the batch",
  ],
  ["C", "in rings: put the output under the cursor in the middle"],
  ["[ ]", "decrease, increase top-k by 1, for methods with a top-k"],
  ["Space", "run or cancel inference"],
  ["Z Shift+Z", "undo, redo"],
  ["S", "copy a link to this view"],
  ["Esc", "deselect the node, close panel or dialog"],
  ["?", "show this help"],
] as const;

/** The purpose of the page in a few sentences, and its keys. Fires `tour` when the tour is to be shown. */
export class HelpDialog extends LitElement {
  static override styles = [
    shared,
    css`
    dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--panel); color: var(--ink); padding: 20px 24px; width: min(520px, calc(100vw - 24px)); box-shadow: 0 10px 40px rgb(0 0 0 / 0.25); }
    dialog::backdrop { background: rgb(0 0 0 / 0.35); }
    h2 { font-size: 15px; }
    dl { grid-template-columns: 108px 1fr; margin-top: 4px; }
    dt { color: var(--ink); font-weight: 600; }
    dd { text-align: left; }
    .foot { display: flex; justify-content: end; gap: 8px; margin-top: 6px; }
  `,
  ];

  show(): void {
    const dialog = this.renderRoot.querySelector("dialog")!;
    if (!dialog.open) dialog.showModal();
  }

  readonly #tour = (): void => {
    this.renderRoot.querySelector("dialog")!.close();
    this.dispatchEvent(new CustomEvent("tour"));
  };

  override render() {
    return html`<dialog aria-labelledby="title" @click=${(event: Event) => event.target === event.currentTarget && (event.target as HTMLDialogElement).close()}>
      <div class="stack">
        <h2 id="title">About this page</h2>
        <p>A graph neural network predicts a node from its neighbourhood. Influence-based mini-batching (IBMB) divides the <b>output nodes ${sign("●")}</b>, the nodes to predict,
          into <b>batches</b>. For each batch it selects the <b>auxiliary nodes ${sign("▲")}</b> with the most influence on the outputs, measured by personalised PageRank (PPR) or the heat kernel.</p>
        <p><b>Captured influence</b> is the share of the influence on an output that comes from nodes of its batch. At 100 % the batch contains every node that influences its outputs.</p>
        <p>Planning, training and inference run in this browser. Your files are not sent anywhere.</p>
        <h3>Keys</h3>
        <dl>${KEYS.map(([key, what]) => html`<dt>${withSigns(key)}</dt><dd>${what}</dd>`)}</dl>
        <div class="foot"><button id="tour" @click=${this.#tour}>Show the tour</button><button autofocus @click=${() => this.renderRoot.querySelector("dialog")!.close()}>Close</button></div>
      </div>
    </dialog>`;
  }
}

customElements.define("ibmb-help", HelpDialog);
