import { css, html, LitElement } from "lit";
import { shared } from "../components/base.ts";
import { sign, withSigns } from "../components/signs.ts";

const KEYS = [
  ["↑ ↓", "another batch"],
  ["← →", "on the map: another node of the batch, from strong to weak"],
  ["Enter", "on the map: the selected node's own batch"],
  ["+ −", "on the map: zoom"],
  ["Shift+↑ ↓ ← →", "on the map: move it"],
  ["0", "show all nodes"],
  ["/", "find a node by id, name or class"],
  ["1 – 6", "colour by batch, class, prediction, right or wrong, influence, split"],
  ["M", "on the map: add the node to the selection, or take it out; Shift and a click do the same"],
  ["L", "select by lasso; Enter on the map then takes all in view, Esc ends it"],
  [
    "B F P R",
    "nodes by batch, by forces, at the places of their file, or in rings around an output or the batch",
  ],
  ["C", "in rings: put the output under the cursor in the middle"],
  ["[ ]", "one auxiliary node per output fewer, more, where the method has a top-k"],
  ["Space", "run inference, or cancel it"],
  ["Z Shift+Z", "undo, redo"],
  ["S", "copy a link to what is on show"],
  ["Esc", "deselect the node, close what is open"],
  ["?", "this list"],
] as const;

/** What the page is about, in four sentences, and its keys. Fires `tour` when it is asked for. */
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
        <h2 id="title">What you see</h2>
        <p>A graph neural network predicts a node from its neighbourhood. Influence-based mini-batching groups the <b>output nodes ${sign("●")}</b>, which are to be predicted,
          into <b>batches</b>, and gives every batch the <b>auxiliary nodes ${sign("▲")}</b> with the most influence on its outputs, measured by personalised PageRank or the heat kernel.</p>
        <p>The graph, the plan, the training and the inference run on this machine. Nothing is sent anywhere.</p>
        <h3>Keys</h3>
        <dl>${KEYS.map(([key, what]) => html`<dt>${withSigns(key)}</dt><dd>${what}</dd>`)}</dl>
        <div class="foot"><button id="tour" @click=${this.#tour}>Show the tour</button><button autofocus @click=${() => this.renderRoot.querySelector("dialog")!.close()}>Close</button></div>
      </div>
    </dialog>`;
  }
}

customElements.define("ibmb-help", HelpDialog);
