import "./batch-table.ts";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { sign } from "../components/signs.ts";
import { followSize } from "../components/size.ts";
import { TABS, type Tab } from "../state/view.ts";

/** Tables and charts below the map; can be closed. */
export class Drawer extends AppElement {
  #seen: Tab | null = null;

  static override styles = [
    shared,
    css`
    :host { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); min-height: 0; background: var(--panel); border-top: 1px solid var(--line); }
    .tabs { display: flex; gap: 2px; padding: 0 8px; border-bottom: 1px solid var(--line); align-items: center; }
    .tabs button { border: 0; border-radius: 0; background: none; padding: 0 10px; min-height: 32px; box-shadow: inset 0 -2px transparent; color: var(--quiet); }
    .tabs button[aria-selected="true"] { box-shadow: inset 0 -2px var(--accent); color: var(--ink); font-weight: 600; }
    [role="tablist"] { display: flex; min-width: 0; overflow-x: auto; scrollbar-width: none; }
    .tabs .close { margin-left: auto; }
    .panel { height: clamp(130px, 25dvh, 222px); min-height: 0; overflow: hidden; }
    .panel.tall { height: clamp(180px, 38dvh, 340px); }
    @media (max-width: 599px) { .tabs button { padding: 0 7px; } .panel.tall { height: auto; } }
  `,
  ];

  protected stores() {
    return [this.app.view];
  }

  override render() {
    const { drawer } = this.app.view;
    return html`
      <div class="tabs">
        <div role="tablist" aria-label="Tables and charts" @keydown=${this.#onKey}>
          ${TABS.map(
            ([
              tab,
              label,
            ]) => html`<button role="tab" id="tab-${tab}" aria-selected=${tab === drawer ? "true" : "false"} aria-controls=${drawer === null ? nothing : "panel"}
            tabindex=${tab === (drawer ?? "batches") ? 0 : -1} @click=${() => this.app.view.set({ drawer: tab })}>${label}</button>`,
          )}
        </div>
        ${drawer === null ? nothing : html`<button class="close" aria-label="Close the drawer" title="Close" @click=${() => this.app.view.set({ drawer: null })}>${sign("×")}</button>`}
      </div>
      ${
        drawer === null
          ? nothing
          : html`<div class="panel ${drawer === "batches" ? "" : "tall"}" id="panel" role="tabpanel" aria-labelledby="tab-${drawer}">
        ${this.#content(drawer)}
      </div>`
      }`;
  }

  constructor() {
    super();
    followSize(this, () => this.#showTab());
  }

  protected override updated(): void {
    const { drawer } = this.app.view;
    if (drawer === this.#seen) return;
    this.#seen = drawer;
    this.#showTab();
  }

  /** Brings the selected tab into sight where not all fit. */
  #showTab(): void {
    const list = this.renderRoot.querySelector<HTMLElement>("[role=tablist]");
    const tab = list?.querySelector("[aria-selected=true]");
    if (!list || !tab) return;
    const [room, place] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
    list.scrollLeft += Math.max(0, place.right - room.right) + Math.min(0, place.left - room.left);
  }

  #content(tab: Tab) {
    const { app } = this;
    switch (tab) {
      case "batches":
        return html`<ibmb-batch-table .app=${app}></ibmb-batch-table>`;
      // What is seldom looked at first is loaded when it is.
      case "training":
        void import("./training-chart.ts");
        return html`<ibmb-training-chart .app=${app}></ibmb-training-chart>`;
      case "schedule":
        void import("./schedule-view.ts");
        return html`<ibmb-schedule .app=${app}></ibmb-schedule>`;
      case "figures":
        void import("./figures-view.ts");
        return html`<ibmb-figures .app=${app}></ibmb-figures>`;
      case "run":
        void import("./run-view.ts");
        return html`<ibmb-run .app=${app}></ibmb-run>`;
      case "compare":
        void import("./compare-view.ts");
        return html`<ibmb-compare .app=${app}></ibmb-compare>`;
    }
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const at = TABS.findIndex(([tab]) => tab === (this.app.view.drawer ?? "batches"));
    const next = TABS[(at + (event.key === "ArrowRight" ? 1 : TABS.length - 1)) % TABS.length]![0];
    this.app.view.set({ drawer: next });
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus());
  };
}

customElements.define("ibmb-drawer", Drawer);
