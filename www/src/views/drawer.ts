import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import "./batch-table.ts";
import "./training-chart.ts";

const TABS = [["batches", "Batches"], ["training", "Training"]] as const;

/** Tables and charts below the map; can be closed. */
export class Drawer extends AppElement {
  static override styles = [shared, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); min-height: 0; background: var(--panel); border-top: 1px solid var(--line); }
    .tabs { display: flex; gap: 2px; padding: 0 8px; border-bottom: 1px solid var(--line); align-items: center; }
    .tabs button { border: 0; border-radius: 0; background: none; padding: 0 10px; min-height: 32px; box-shadow: inset 0 -2px transparent; color: var(--quiet); }
    .tabs button[aria-selected="true"] { box-shadow: inset 0 -2px var(--accent); color: var(--ink); font-weight: 600; }
    .tabs .close { margin-left: auto; }
    .panel { height: clamp(130px, 25dvh, 222px); min-height: 0; overflow: hidden; }
  `];

  protected stores() {
    return [this.app.view];
  }

  override render() {
    const { drawer } = this.app.view;
    return html`
      <div class="tabs">
        <div role="tablist" aria-label="Tables and charts" @keydown=${this.#onKey}>
          ${TABS.map(([tab, label]) => html`<button role="tab" id="tab-${tab}" aria-selected=${tab === drawer ? "true" : "false"} aria-controls=${drawer === null ? nothing : "panel"}
            tabindex=${tab === (drawer ?? "batches") ? 0 : -1} @click=${() => this.app.view.set({ drawer: tab })}>${label}</button>`)}
        </div>
        ${drawer === null ? nothing : html`<button class="close" aria-label="Close the drawer" title="Close" @click=${() => this.app.view.set({ drawer: null })}>×</button>`}
      </div>
      ${drawer === null ? nothing : html`<div class="panel" id="panel" role="tabpanel" aria-labelledby="tab-${drawer}">
        ${drawer === "batches" ? html`<ibmb-batch-table .app=${this.app}></ibmb-batch-table>` : html`<ibmb-training-chart .app=${this.app}></ibmb-training-chart>`}
      </div>`}`;
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = this.app.view.drawer === "batches" ? "training" : "batches";
    this.app.view.set({ drawer: next });
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus());
  };
}

customElements.define("ibmb-drawer", Drawer);
