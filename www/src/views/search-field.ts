import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { categoriesOf } from "../state/categories.ts";
import { type Hit, search } from "../state/search.ts";
import { count, plural, shorten, tidyClass } from "../state/words.ts";

const MOST_HITS = 30;

/** Finds a node by its id or name, or all nodes of a class. Fires `frame` with the nodes that were chosen. */
export class SearchField extends AppElement {
  static override properties = { ...AppElement.properties, text: { state: true }, at: { state: true } };
  declare text: string;
  /** The hit that Enter takes. */
  declare at: number;

  static override styles = [
    shared,
    css`
    :host { position: relative; }
    input { width: 150px; min-height: 30px; padding: 0 8px; border: 1px solid var(--control); border-radius: var(--radius); background: var(--panel); }
    .hits { position: absolute; right: 0; top: calc(100% + 4px); z-index: 6; width: min(320px, 90vw); max-height: 300px; overflow: auto; background: var(--panel); border: 1px solid var(--line);
      border-radius: var(--radius); box-shadow: 0 4px 18px rgb(0 0 0 / 0.16); padding: 4px; margin: 0; list-style: none; font-size: 12px; }
    li { display: flex; justify-content: space-between; gap: 10px; padding: 5px 8px; border-radius: 4px; cursor: pointer; }
    li[aria-selected="true"] { background: var(--wash); color: var(--accent); }
    .none { padding: 6px 8px; }
    @media (max-width: 599px) { input { width: 100%; } .hits { right: auto; left: 0; } }
  `,
  ];

  constructor() {
    super();
    this.text = "";
    this.at = 0;
  }

  protected stores() {
    return [this.app.data, this.app.planning];
  }

  override focus(): void {
    const input = this.renderRoot.querySelector("input")!;
    input.focus();
    input.select();
  }

  get #hits(): Hit[] {
    return this.app.graph === null ? [] : search(this.app.graph, this.text, MOST_HITS);
  }

  override render() {
    const hits = this.#hits;
    const open = this.text.trim() !== "";
    const at = Math.min(this.at, hits.length - 1);
    return html`<input id="search" type="search" placeholder="Find a node ( / )" autocomplete="off" spellcheck="false" maxlength="200" .value=${this.text}
        role="combobox" aria-label="Find a node by id, name or class" aria-autocomplete="list" aria-expanded=${open && hits.length > 0 ? "true" : "false"} aria-controls="hits"
        aria-activedescendant=${open && at >= 0 ? `hit-${at}` : nothing} ?disabled=${this.app.graph === null}
        @input=${this.#onInput} @keydown=${this.#onKey} @blur=${() => this.#close()} />
      ${open && hits.length === 0 ? html`<div class="hits none" role="status">No node or class has this name or id.</div>` : nothing}
      <ul id="hits" class="hits" role="listbox" aria-label="Found" ?hidden=${!open || hits.length === 0}>
        ${
          open
            ? hits.map(
                (hit, i) => html`<li id="hit-${i}" role="option" aria-selected=${i === at ? "true" : "false"}
          @pointerdown=${(event: Event) => event.preventDefault()} @click=${() => void this.#take(hit)}>${this.#words(hit)}</li>`,
              )
            : nothing
        }
      </ul>`;
  }

  #words(hit: Hit) {
    const { graph, plan, data } = this.app;
    if (hit.kind === "class") {
      const { handle } = graph!;
      return html`<span class="clip">${tidyClass(handle.classNames[hit.group] ?? `class ${hit.group}`)}</span><span class="quiet">class, ${plural(this.#ofClass(hit.group).length, "node")}</span>`;
    }
    const home = plan?.handle.batchOf[hit.node] ?? -1;
    return html`<span class="clip">${shorten(data.nameOf(hit.node), 80)}</span><span class="quiet">${home < 0 ? "not an output" : `batch ${count(home)}`}</span>`;
  }

  #ofClass(group: number): Uint32Array {
    const labels = this.app.graph!.handle.labels!;
    const { of } = categoriesOf(this.app, "class")!;
    return Uint32Array.from(labels.keys()).filter((node) => of(node) === group);
  }

  async #take(hit: Hit): Promise<void> {
    const nodes = hit.kind === "class" ? this.#ofClass(hit.group) : Uint32Array.of(hit.node);
    this.#close();
    if (hit.kind === "class") this.app.selection.choose(nodes);
    else await this.app.selection.pick(hit.node);
    this.dispatchEvent(new CustomEvent("frame", { detail: nodes }));
  }

  #close(): void {
    this.text = "";
    this.at = 0;
  }

  readonly #onInput = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.at = 0;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const hits = this.#hits;
    if (event.key === "ArrowDown") this.at = Math.min(hits.length - 1, this.at + 1);
    else if (event.key === "ArrowUp") this.at = Math.max(0, this.at - 1);
    else if (event.key === "Enter" && hits[this.at] !== undefined) void this.#take(hits[this.at]!);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#hit-${this.at}`)?.scrollIntoView({ block: "nearest" }),
    );
  };
}

customElements.define("ibmb-search", SearchField);
