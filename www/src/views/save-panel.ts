import "../components/progress-line.ts";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { download, fileName } from "../components/downloads.ts";
import { sentence } from "../state/errors.ts";
import { type Saveable, type SaveableFile, saveables } from "../stores/exports.ts";
import { Work } from "../stores/work.ts";

const TYPES: Record<SaveableFile["ending"], string> = {
  safetensors: "application/octet-stream",
  graphml: "application/graphml+xml",
  gexf: "application/gexf+xml",
};

const WORDS: Record<SaveableFile["ending"], string> = {
  safetensors: "safetensors",
  graphml: "GraphML",
  gexf: "GEXF",
};

/** Everything that can be saved, each a line with its formats, or with why there is nothing yet. */
export class SavePanel extends AppElement {
  static override styles = [
    shared,
    css`
    ul { margin: 8px 0 0; padding: 0; list-style: none; display: grid; gap: 9px; }
    .head { display: flex; flex-wrap: wrap; gap: 2px 10px; justify-content: space-between; align-items: baseline; }
    .head > span:last-child { display: flex; gap: 9px; }
    strong { font-weight: 600; font-size: 12px; }
    button.link:disabled { opacity: 1; color: var(--quiet); text-decoration: none; }
  `,
  ];

  readonly #work = new Work(() => this.requestUpdate());
  /** What is being saved. */
  #current: string | null = null;
  #problem: string | null = null;

  protected stores() {
    return [this.app.data, this.app.planning, this.app.modelling, this.app.view];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#work.cancel();
  }

  override render() {
    return html`<ul>${saveables(this.app).map(
      (one) => html`<li id="save-${one.key}">
        <div class="head"><strong>${one.label}</strong><span>${one.files.map((file) => this.#button(one, file))}</span></div>
        <p class="small quiet break" id="about-${one.key}">${one.lacks ?? one.about}</p>
      </li>`,
    )}</ul>
      ${
        this.#work.running
          ? html`<div class="row"><ibmb-progress label="Saving ${this.#current}" .progress=${this.#work.progress}></ibmb-progress>
        <button @click=${() => this.#work.cancel()}>Cancel</button></div>`
          : nothing
      }
      ${this.#problem === null ? nothing : html`<p class="bad small break" role="alert">${this.#problem}</p>`}`;
  }

  #button(one: Saveable, file: SaveableFile) {
    const words = WORDS[file.ending];
    return html`<button class="link small" data-save=${`${one.key} ${file.ending}`} aria-label="Save ${one.label.toLowerCase()} as ${words}"
      aria-describedby="about-${one.key}" ?disabled=${one.lacks !== null} @click=${() => void this.#save(one, file)}>${words}</button>`;
  }

  async #save({ key, label }: Saveable, { ending, make }: SaveableFile): Promise<void> {
    const { graph } = this.app;
    if (graph === null) return;
    const node = key === "influence" || key === "exact" ? [String(this.app.view.node)] : [];
    this.#current = label.toLowerCase();
    this.#problem = null;
    try {
      const bytes = await this.#work.run(make);
      if (bytes !== null)
        download(
          `${fileName(graph.handle.name, ...(key === "graph" ? [] : [key]), ...node)}.${ending}`,
          bytes as BlobPart,
          TYPES[ending],
        );
    } catch (error) {
      if ((error as { code?: string }).code === "worker_crashed") this.app.reports.report("", error);
      else this.#problem = `${label}: ${sentence(error)}`;
    }
    this.requestUpdate();
  }
}

customElements.define("ibmb-save", SavePanel);
