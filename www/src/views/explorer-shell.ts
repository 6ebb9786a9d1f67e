import { sign } from "../components/signs.ts";
import "./batch-panel.ts";
import "./data-panel.ts";
import "./drawer.ts";
import "./header-bar.ts";
import "./map-view.ts";
import "./model-panel.ts";
import "./plan-panel.ts";
import "./why-panel.ts";
import "./tour.ts";
import { createClient } from "ibmb";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import type { AskedTable } from "../stores/data.ts";
import { Explorer } from "../stores/explorer.ts";
import { followAddress, linkedState } from "./address.ts";
import { droppedFiles } from "./dropped-files.ts";
import type { HelpDialog } from "./help-dialog.ts";
import { listenToKeys } from "./keys.ts";
import type { MapView } from "./map-view.ts";
import type { Tour, TourPlace } from "./tour.ts";

/** The whole page: rails, map, drawer; drops and keys. */
export class ExplorerShell extends AppElement {
  static override properties = {
    ...AppElement.properties,
    sheet: { state: true },
    dragging: { state: true },
    tour: { state: true },
  };
  /** The rail that lies over the map on a narrow page. */
  declare sheet: "setup" | "details" | null;
  declare dragging: boolean;
  /** Where the tour is. */
  declare tour: TourPlace | null;
  #endKeys: (() => void) | null = null;
  #endAddress: (() => void) | null = null;

  static override styles = [
    shared,
    css`
    :host { display: grid; grid-template: "head head head" auto "setup map details" minmax(0, 1fr) "setup drawer details" auto / 280px minmax(0, 1fr) 320px; height: 100dvh; }
    ibmb-header { grid-area: head; min-width: 0; }
    .rail { background: var(--panel); overflow: auto; padding: 14px 4px 14px 14px; min-width: 0; scrollbar-width: thin; scrollbar-gutter: stable; }
    .setup { grid-area: setup; border-right: 1px solid var(--line); }
    .details { grid-area: details; border-left: 1px solid var(--line); }
    .setup > * + * + * { border-top: 1px solid var(--line); margin-top: 11px; padding-top: 11px; }
    summary { font-size: 13px; font-weight: 600; }
    main { grid-area: map; min-height: 0; min-width: 0; display: grid; position: relative; }
    ibmb-drawer { grid-area: drawer; min-width: 0; }
    .notice { position: absolute; z-index: 5; left: 12px; right: 12px; top: 52px; margin: 0 auto; width: fit-content; max-width: min(640px, calc(100% - 24px)); display: flex; gap: 10px; align-items: start;
      background: var(--panel); border: 1px solid var(--line); border-left: 3px solid var(--good); border-radius: var(--radius); padding: 8px 8px 8px 12px; box-shadow: 0 4px 18px rgb(0 0 0 / 0.16); }
    .notice.error { border-left-color: var(--bad); background: var(--bad-wash); }
    .notice p { overflow-wrap: anywhere; max-height: 10em; overflow: auto; padding: 3px 0; }
    .notice button { flex: none; background: none; border-color: transparent; }
    .notice button.offer { border-color: var(--control); background: var(--panel); }
    .notice:has(.offer) { flex-wrap: wrap; justify-content: end; }
    .notice:has(.offer) p { flex: 1 1 240px; }
    .drop { position: fixed; inset: 10px; z-index: 9; display: grid; place-content: center; border: 2px dashed var(--accent); border-radius: 12px; background: color-mix(in oklab, var(--wash) 88%, transparent); font-size: 16px; pointer-events: none; text-align: center; }
    .close-sheet { display: none; }
    .toured { outline: 2px solid var(--accent); outline-offset: -2px; }
    @media (max-width: 1099px) {
      :host { grid-template: "head" auto "map" minmax(0, 1fr) "drawer" auto / minmax(0, 1fr); }
      .rail { grid-area: map; z-index: 4; width: min(340px, 100%); box-shadow: 0 0 24px rgb(0 0 0 / 0.18); visibility: hidden; }
      .rail.open { visibility: visible; }
      .setup { justify-self: start; }
      .details { justify-self: end; }
      .close-sheet { display: flex; justify-content: end; margin: -6px 0 0; }
    }
    @media (max-width: 599px) {
      :host { display: block; height: auto; }
      .notice { position: fixed; top: 8px; }
      main { height: min(66dvh, 520px); }
      .rail { visibility: visible; width: auto; justify-self: auto; box-shadow: none; border: 0; border-top: 1px solid var(--line); padding: 16px; overflow: visible; }
      .close-sheet { display: none; }
    }
  `,
  ];

  constructor() {
    super();
    this.app = new Explorer(() => createClient());
    this.sheet = null;
    this.dragging = false;
    this.tour = null;
  }

  protected stores() {
    return [this.app.data];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A visit without a link begins with the tour.
    if (Object.keys(linkedState()).length === 0) void this.updateComplete.then(() => this.#showTour());
    void this.app
      .start(linkedState())
      .then(() => import("./preload.ts"))
      .then(({ preloadParts }) => preloadParts(this.app));
    this.#endAddress = followAddress(this.app);
    window.addEventListener("dragenter", this.#onDrag);
    window.addEventListener("dragover", this.#onDrag);
    window.addEventListener("dragleave", this.#onLeave);
    window.addEventListener("drop", this.#onDrop);
    this.#endKeys = listenToKeys(this.app, {
      fit: () => this.renderRoot.querySelector<MapView>("ibmb-map")?.fit(),
      find: () => this.renderRoot.querySelector<MapView>("ibmb-map")?.find(),
      help: () => void this.#help(),
      close: () => {
        if (this.sheet === null) this.app.selection.selectNode(null);
        else this.sheet = null;
      },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("dragenter", this.#onDrag);
    window.removeEventListener("dragover", this.#onDrag);
    window.removeEventListener("dragleave", this.#onLeave);
    window.removeEventListener("drop", this.#onDrop);
    this.#endKeys?.();
    this.#endAddress?.();
    this.app.stop();
  }

  override render() {
    const { app } = this;
    const { notice } = app.data;
    const close = html`<div class="close-sheet"><button class="icon" aria-label="Close" @click=${() => (this.sheet = null)}>${sign("×")}</button></div>`;
    return html`
      <ibmb-header class=${this.tour === "head" ? "toured" : ""} .app=${app} .sheet=${this.sheet} @help=${() => void this.#help()}
        @sheet=${(event: CustomEvent<"setup" | "details">) => this.#toggleSheet(event.detail)}></ibmb-header>
      <main class=${this.tour === "map" ? "toured" : ""}>
        <ibmb-map .app=${app}></ibmb-map>
        ${
          notice === null
            ? nothing
            : html`<div class="notice ${notice.kind}" role=${notice.kind === "error" ? "alert" : "status"} id="notice">
          <p>${notice.text}</p>${notice.offers?.map((offer) => html`<button class="offer" id=${offer.id} @click=${() => void offer.take()}>${offer.label}</button>`)}
          <button class="icon" aria-label="Close the message" @click=${() => app.data.say(null)}>${sign("×")}</button></div>`
        }
        <ibmb-tour @tour=${(event: CustomEvent<TourPlace | null>) => (this.tour = event.detail)}></ibmb-tour>
      </main>
      <aside class="rail details ${this.sheet === "details" ? "open" : ""}" aria-label="Selection">
        ${close}<ibmb-batch-panel .app=${app}></ibmb-batch-panel><ibmb-why .app=${app}></ibmb-why>
      </aside>
      <aside class="rail setup ${this.sheet === "setup" ? "open" : ""} ${this.tour === "setup" ? "toured" : ""}" aria-label="Setup">
        ${close}
        <ibmb-data-panel .app=${app}></ibmb-data-panel>
        <ibmb-plan-panel .app=${app}></ibmb-plan-panel>
        <ibmb-model-panel .app=${app}></ibmb-model-panel>
        <details id="save" @toggle=${() => void import("./save-panel.ts")}><summary>Save</summary><ibmb-save .app=${app}></ibmb-save></details>
      </aside>
      <ibmb-drawer role="region" aria-label="Tables and charts" .app=${app}></ibmb-drawer>
      ${app.data.asked === null ? nothing : this.#asking(app.data.asked)}
      <ibmb-help @tour=${() => this.#showTour()}></ibmb-help>
      ${this.dragging ? html`<div class="drop" aria-hidden="true"><strong>Drop a graph, or weights or a plan for the open graph</strong><span>Edge lists, folders, npy, npz, safetensors. Files stay on this machine.</span></div>` : nothing}`;
  }

  #asking(asked: AskedTable) {
    void import("./columns-dialog.ts");
    return html`<ibmb-columns .app=${this.app} .asked=${asked}></ibmb-columns>`;
  }

  #toggleSheet(sheet: "setup" | "details"): void {
    this.sheet = this.sheet === sheet ? null : sheet;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(".rail.open .close-sheet button")?.focus(),
    );
  }

  #showTour(): void {
    this.renderRoot.querySelector<Tour>("ibmb-tour")?.start();
  }

  async #help(): Promise<void> {
    await import("./help-dialog.ts");
    const help = this.renderRoot.querySelector<HelpDialog>("ibmb-help");
    await help?.updateComplete;
    help?.show();
  }

  readonly #onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.dragging = true;
  };

  readonly #onLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.dragging = false;
  };

  readonly #onDrop = (event: DragEvent): void => {
    if (event.dataTransfer === null) return;
    event.preventDefault();
    this.dragging = false;
    void droppedFiles(event.dataTransfer).then((files) => this.app.opening.openFiles(files));
  };
}

customElements.define("ibmb-explorer", ExplorerShell);
