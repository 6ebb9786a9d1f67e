import "../components/choice-field.ts";
import type { TablePreview } from "ibmb";
import { css, html, LitElement, nothing } from "lit";
import { shared } from "../components/base.ts";
import { sign } from "../components/signs.ts";
import { sentence } from "../state/errors.ts";
import { READING_OPTIONS, type Reading, tableOptions } from "../state/reading.ts";
import { shorten } from "../state/words.ts";
import type { AskedTable } from "../stores/data.ts";
import type { Explorer } from "../stores/explorer.ts";

/**
 * Asks how a table is read: its first rows as the engine splits them, the guess, and what can be said
 * instead.
 */
export class ColumnsDialog extends LitElement {
  static override properties = { app: { attribute: false }, asked: { attribute: false } };
  declare app: Explorer;
  declare asked: AskedTable;
  #preview: TablePreview | null = null;
  #problem: string | null = null;
  /** What was said so far. */
  #reading!: Reading;
  /** Looks at the file, so that one that was overtaken changes nothing. */
  #looks = 0;

  static override styles = [
    shared,
    css`
    dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--panel); color: var(--ink); padding: 18px 20px; width: min(720px, calc(100vw - 16px)); max-height: calc(100dvh - 16px); box-shadow: 0 10px 40px rgb(0 0 0 / 0.25); }
    dialog::backdrop { background: rgb(0 0 0 / 0.35); }
    h2 { font-size: 15px; overflow-wrap: anywhere; }
    ul { margin: 0; padding: 0; list-style: none; }
    .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(280px, 100%), 1fr)); gap: 8px 18px; }
    .rows { overflow: auto; max-height: 34dvh; border: 1px solid var(--line); border-radius: var(--radius); }
    table { border-collapse: collapse; font-size: 12px; min-width: 100%; }
    th, td { text-align: left; padding: 2px 10px; max-width: 220px; font-weight: 400; border-bottom: 1px solid var(--line); }
    thead th { position: sticky; top: 0; background: var(--raised); font-weight: 600; }
    .head td { font-style: italic; color: var(--quiet); }
    .end { background: var(--wash); }
    .foot { display: flex; justify-content: end; gap: 8px; }
  `,
  ];

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("asked")) return;
    this.#reading = this.asked.reading;
    this.#preview = null;
    void this.#look();
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")!.showModal();
  }

  async #look(): Promise<void> {
    const look = ++this.#looks;
    try {
      const preview = await this.app.client!.previewTable(this.asked.file, tableOptions(this.#reading));
      if (look !== this.#looks) return;
      [this.#preview, this.#problem] = [preview, null];
    } catch (error) {
      if (look !== this.#looks) return;
      this.#problem = sentence(error);
    }
    this.requestUpdate();
  }

  #say(said: Partial<Reading>): void {
    this.#reading = { ...this.#reading, ...said };
    void this.#look();
  }

  override render() {
    const preview = this.#preview;
    const { edgeList } = preview ?? { edgeList: null };
    return html`<dialog aria-labelledby="title" @close=${() => this.app.data.ask(null)}>
      <div class="stack">
        <h2 id="title">Import settings of ${shorten(this.asked.file.name, 80)}</h2>
        ${
          this.#problem !== null
            ? html`<p class="bad break" role="alert" id="problem">${this.#problem}</p>`
            : preview === null
              ? html`<p class="quiet">Reading the first rows…</p>`
              : html`<p class="quiet small" id="kind">Read as ${preview.kind}.${preview.kind.includes("Parquet") ? nothing : " Lines that begin with # or % are skipped."}</p>`
        }
        ${preview === null || preview.doubts.length === 0 || this.#problem !== null ? nothing : html`<ul class="small" id="doubts">${preview.doubts.map((doubt) => html`<li class="break">${sign("⚠")} ${doubt}</li>`)}</ul>`}
        <div class="fields">
          ${this.asked.source.files.length > 1 ? nothing : this.#choice("format", this.#reading.format)}
          ${edgeList === null ? nothing : this.#fields(edgeList)}
        </div>
        ${preview === null || preview.rows.length === 0 ? nothing : this.#rows(preview)}
        <div class="foot"><button id="cancel" @click=${() => this.#close()}>Cancel</button>
          <button id="open" class="primary" ?disabled=${this.#problem !== null || preview === null} @click=${() => this.#open()}>Open</button></div>
      </div>
    </dialog>`;
  }

  #fields({ delimiter, header, source, target, ids }: NonNullable<TablePreview["edgeList"]>) {
    const columns = this.#names().map((name, at) => [String(at), name] as const);
    // The preview may not have come to what was said last: an end that takes the column of the other leaves
    // it its own.
    const swapped = (end: "source" | "target", other: "source" | "target", column: number) => {
      const now = { source: this.#reading.source ?? source, target: this.#reading.target ?? target };
      return { [end]: column, [other]: now[other] === column ? now[end] : now[other] };
    };
    // A Parquet table has names and fields of its own.
    const isText = !this.#preview!.kind.includes("Parquet");
    return html`
      ${isText ? html`${this.#choice("delimiter", delimiter)} ${this.#choice("header", header ? "yes" : "no")}` : nothing}
      ${this.#column("source", columns, source, (at) => swapped("source", "target", at!))}
      ${this.#column("target", columns, target, (at) => swapped("target", "source", at!))}
      ${this.#column("weight", [["", "not used"], ...columns], this.#reading.weight, (weight) => ({ weight }))}
      ${this.#choice("ids", ids)}`;
  }

  #choice(name: "format" | "delimiter" | "header" | "ids", value: string) {
    // What is guessed has a value.
    const choices = READING_OPTIONS[name].choices.filter(([, label]) => label !== "");
    return this.#field(name, choices, value, (picked) => ({ [name]: picked }));
  }

  #column(
    name: "source" | "target" | "weight",
    columns: readonly (readonly [string, string])[],
    at: number | null,
    said: (at: number | null) => Partial<Reading>,
  ) {
    return this.#field(name, columns, at === null ? "" : String(at), (picked) =>
      said(picked === "" ? null : Number(picked)),
    );
  }

  #field(
    name: keyof Reading,
    choices: readonly (readonly [string, string])[],
    value: string,
    said: (picked: string) => Partial<Reading>,
  ) {
    const { label, help } = READING_OPTIONS[name];
    return html`<ibmb-choice-field data-option=${name} .label=${label} .help=${help} .value=${value} .choices=${choices}
      @pick=${(event: CustomEvent<string>) => this.#say(said(event.detail))}></ibmb-choice-field>`;
  }

  /** Names of the columns: those of the header, or their numbers. */
  #names(): string[] {
    const { rows, edgeList } = this.#preview!;
    return (rows[0] ?? []).map((name, at) =>
      edgeList?.header ? `${at + 1} ${shorten(name, 24)}` : `column ${at + 1}`,
    );
  }

  #rows({ rows, edgeList }: TablePreview) {
    const role = (at: number) =>
      edgeList === null
        ? ""
        : at === edgeList.source
          ? "source"
          : at === edgeList.target
            ? "target"
            : at === this.#reading.weight
              ? "weight"
              : "";
    const kind = (at: number) => (role(at) === "" ? "" : "end");
    return html`<div class="rows" tabindex="0" role="region" aria-label="First rows of the file"><table>
      <thead><tr>${(rows[0] ?? []).map((_, at) => html`<th scope="col" class=${kind(at)}>${role(at) === "" ? `${at + 1}` : `${at + 1} ${role(at)}`}</th>`)}</tr></thead>
      <tbody>${rows.map((row, i) => html`<tr class=${i === 0 && edgeList?.header ? "head" : ""}>${row.map((cell, at) => html`<td class="clip ${kind(at)}" title=${cell}>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }

  #close(): void {
    this.renderRoot.querySelector("dialog")!.close();
  }

  #open(): void {
    const { app, asked } = this;
    const weights = this.#reading.weight === null ? asked.reading.weights : "use";
    this.#close();
    void app.opening.openTable(asked.source, { ...this.#reading, weights });
  }
}

customElements.define("ibmb-columns", ColumnsDialog);
