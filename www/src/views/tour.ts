import { css, html, LitElement, nothing } from "lit";
import { shared } from "../components/base.ts";
import { sign } from "../components/signs.ts";

/** Part of the page that a step is about. */
export type TourPlace = "map" | "setup" | "head";

const STEPS: readonly { place: TourPlace; title: string; text: unknown }[] = [
  {
    place: "map",
    title: "A batch has outputs and auxiliary nodes",
    text: html`Each colour is one batch. In the selected batch the model predicts the outputs <b>${sign("●")}</b>; the auxiliary nodes <b>${sign("▲")}</b> are extra input, larger and darker with more influence. <kbd>${sign("↓")}</kbd> selects the next batch; click a node to see why it is in the batch.`,
  },
  {
    place: "setup",
    title: "Auxiliary nodes are selected by influence",
    text: html`Drag <b>top-k</b> on the left: auxiliary nodes are added from strong to weak. The captured influence (the share that comes from nodes of the batch) rises quickly, then levels off. The plan follows every change; <kbd>Z</kbd> undoes it.`,
  },
  {
    place: "head",
    title: "Run inference and share the result",
    text: html`<b>Run inference</b> predicts batch by batch and compares accuracy and time with the full graph. <b>Share</b> copies a link to this view. Drop your own files anywhere on the page: they stay on this machine. <kbd>?</kbd> lists all keys.`,
  },
];

/**
 * Three steps around the page. It goes at the first act beside it, and fires `tour` with the place of the
 * step, or with `null`.
 */
export class Tour extends LitElement {
  static override properties = { step: { state: true } };
  /** `null` while it is not shown. */
  declare step: number | null;
  #ended: AbortController | null = null;

  static override styles = [
    shared,
    css`
    :host { display: contents; }
    section { position: absolute; z-index: 3; left: 12px; bottom: 100px; width: min(330px, calc(100% - 24px)); padding: 12px 14px; background: var(--panel); border: 1px solid var(--accent);
      border-radius: 8px; box-shadow: 0 4px 18px rgb(0 0 0 / 0.18); }
    p { margin: 6px 0 10px; line-height: 1.5; }
    kbd { font: inherit; font-weight: 600; border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; background: var(--raised); }
    .row { justify-content: space-between; }
  `,
  ];

  constructor() {
    super();
    this.step = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended?.abort();
  }

  start(): void {
    this.#ended?.abort();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    // What began the tour is no act beside it.
    const began = performance.now();
    const onAct = (event: Event) => event.timeStamp > began && this.#onAct(event);
    for (const act of ["pointerdown", "keydown"])
      document.addEventListener(act, onAct, { signal, capture: true });
    this.#go(0);
  }

  override render() {
    const { step } = this;
    if (step === null) return nothing;
    const { title, text } = STEPS[step]!;
    const last = step === STEPS.length - 1;
    return html`<section aria-labelledby="title">
      <h2 id="title">${title}</h2>
      <p>${text}</p>
      <div class="row">
        <span class="quiet small">${step + 1} of ${STEPS.length}</span>
        <span class="row">
          ${last ? nothing : html`<button class="link" id="skip" @click=${() => this.#end()}>skip</button>`}
          ${step === 0 ? nothing : html`<button id="back" @click=${() => this.#go(step - 1)}>Back</button>`}
          <button class="primary" id="next" @click=${() => (last ? this.#end() : this.#go(step + 1))}>${last ? "Done" : "Next"}</button>
        </span>
      </div>
    </section>`;
  }

  #go(step: number): void {
    this.step = step;
    this.#tell(STEPS[step]!.place);
  }

  #end(): void {
    this.#ended?.abort();
    this.step = null;
    this.#tell(null);
  }

  #tell(place: TourPlace | null): void {
    this.dispatchEvent(new CustomEvent("tour", { detail: place }));
  }

  readonly #onAct = (event: Event): void => {
    if (event.composedPath().includes(this)) return;
    // Tab leads to the tour's buttons.
    if (event instanceof KeyboardEvent && (event.key === "Tab" || event.key === "Shift")) return;
    this.#end();
  };
}

customElements.define("ibmb-tour", Tour);
