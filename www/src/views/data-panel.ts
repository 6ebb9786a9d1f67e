import "../components/choice-field.ts";
import "../components/progress-line.ts";
import type { InputFile, Report } from "ibmb";
import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { sign } from "../components/signs.ts";
import { partSize } from "../state/graph.ts";
import { READING_OPTIONS, type Reading } from "../state/reading.ts";
import { SAMPLES } from "../state/samples.ts";
import { count, plural, shorten } from "../state/words.ts";

/** What is open, how it was read, and other files to open. */
export class DataPanel extends AppElement {
  static override styles = [
    shared,
    css`
    .whole { white-space: nowrap; }
    .title { font-weight: 600; max-height: 3.2em; overflow: hidden; }
    details { border-top: 1px solid var(--line); padding-top: 6px; }
    ul { margin: 6px 0 0; padding: 0; list-style: none; display: grid; gap: 4px; max-height: 220px; overflow: auto; }
    button { flex: 1; }
    #columns { justify-self: start; }
    input[type="file"] { display: none; }
    input[type="text"] { flex: 1; }
    .address button { flex: none; }
  `,
  ];

  protected stores() {
    return [this.app.data];
  }

  override render() {
    const { graph, work } = this.app.data;
    return html`<section class="stack" aria-labelledby="title">
      <h2 id="title">Data</h2>
      ${
        graph === null
          ? nothing
          : html`
        <div>
          <p class="title break" title=${graph.handle.name}>${graph.handle.name}</p>
          ${graph.source.address === undefined ? nothing : html`<p class="quiet small clip" title=${graph.source.address}>from ${graph.source.address}</p>`}
          <p class="quiet small">${this.#contents().map((part, i) => html`${i > 0 ? " · " : ""}<span class="whole">${part}</span>`)}</p>
        </div>`
      }
      ${
        work.running
          ? html`<ibmb-progress label="opening" .progress=${work.progress}></ibmb-progress>
            <button @click=${() => work.cancel()}>Cancel</button>`
          : html`<div class="row">
            <button @click=${() => this.#input("files").click()}>Open files…</button>
            <button @click=${() => this.#input("folder").click()}>Folder…</button>
          </div>
          <div class="row address">
            <input id="address" type="text" inputmode="url" placeholder="https://… address" aria-label="Address of a graph on the web" autocomplete="off" spellcheck="false"
              @keydown=${(event: KeyboardEvent) => event.key === "Enter" && this.#openAddress()} />
            <button id="open-address" @click=${() => this.#openAddress()}>Open</button>
          </div>
          <p class="small quiet">or drop files anywhere on the page: edge lists, node tables, Parquet, Matrix Market, JSON, GraphML, GEXF, GML, npy, npz, safetensors; plain, gzip or zip. Files stay on this machine.</p>`
      }
      ${work.running ? nothing : this.#samples()}
      ${
        this.app.client === null
          ? nothing
          : html`<details @toggle=${() => void import("./planting-form.ts")}>
        <summary>Make a synthetic graph</summary>
        <ibmb-planting .app=${this.app}></ibmb-planting>
      </details>`
      }
      ${graph === null ? nothing : this.#reading()}
      <input id="files" type="file" multiple aria-label="Open files" @change=${this.#onChosen} />
      <input id="folder" type="file" webkitdirectory aria-label="Open a folder" @change=${this.#onChosen} />
      ${graph === null ? nothing : this.#report(graph.handle.report)}
    </section>`;
  }

  /** Graphs that the page brings along. */
  #samples() {
    const current = this.app.graph?.source.sample;
    const samples = SAMPLES.map(({ key, name }) => [key, name] as const);
    const known = SAMPLES.some(({ key }) => key === current);
    const choices = known
      ? samples
      : [
          [current ?? "", current === undefined ? "none, your files" : "none, synthetic"] as const,
          ...samples,
        ];
    return html`<ibmb-choice-field data-option="sample" .label=${"sample"} .help=${"Opens a graph that comes with this page and closes the current one."}
      .meaning=${SAMPLES.find(({ key }) => key === current)?.about} .value=${current ?? ""} .choices=${choices}
      @pick=${(event: CustomEvent<string>) => this.#openSample(event.detail)}></ibmb-choice-field>`;
  }

  #openAddress(): void {
    const address = this.#input("address").value;
    if (address.trim() !== "") void this.app.opening.openAddress(address);
  }

  #openSample(key: string): void {
    const chosen = SAMPLES.find((one) => one.key === key);
    if (chosen !== undefined) void this.app.opening.openSample({ graph: key });
  }

  /** How the open files are read; another choice reads them again. */
  #reading() {
    const { graph, wanted, work } = this.app.data;
    const reading = wanted ?? graph!.reading;
    const field = <Name extends "directed" | "weights">(
      name: Name,
    ) => html`<ibmb-choice-field data-option=${name} .label=${READING_OPTIONS[name].label} .help=${READING_OPTIONS[name].help}
      .value=${reading[name]} .choices=${READING_OPTIONS[name].choices} ?disabled=${work.running && wanted === null}
      @pick=${(event: CustomEvent<Reading[Name]>) => void this.app.opening.reopen({ [name]: event.detail })}></ibmb-choice-field>`;
    const splits = Object.keys(graph!.handle.splits);
    const table = this.#table();
    // Only files say how edges lead and what they weigh.
    return html`${graph!.source.planted === undefined ? html`${field("directed")} ${field("weights")}` : nothing}
      ${
        table === undefined
          ? nothing
          : html`<button class="link small" id="columns" ?disabled=${work.running}
        @click=${() => this.app.opening.askColumns(graph!.source, table, reading)}>Check the columns…</button>`
      }
      ${
        splits.length < 2
          ? nothing
          : html`<ibmb-choice-field data-option="split" .label=${"split"} .help=${"The split into training, validation and test nodes."}
        .value=${graph!.split ?? ""} .choices=${splits.map((name) => [name, shorten(name)] as const)}
        @pick=${(event: CustomEvent<string>) => this.app.useSplit(event.detail)}></ibmb-choice-field>`
      }`;
  }

  /** The open edge list, where it is one of the files themselves. */
  #table(): InputFile | undefined {
    const { handle, source } = this.app.graph!;
    return source.files.find(({ name }) =>
      handle.report.files.some(([file, kind]) => file === name && kind.startsWith("edge list")),
    );
  }

  #contents(): string[] {
    const { handle, split } = this.app.graph!;
    return [
      handle.directed ? "directed" : "undirected",
      handle.weighted ? "weighted" : "unweighted",
      handle.numFeatures > 0 ? plural(handle.numFeatures, "feature") : "no features",
      handle.numClasses > 0 ? plural(handle.numClasses, "class", "classes") : "no labels",
      split === null
        ? "no split"
        : `split ${(["train", "val", "test"] as const).map((part) => count(partSize(this.app.graph!, part))).join(" / ")}`,
    ];
  }

  #report(report: Report) {
    const { directed, weighted } = this.app.graph!.handle;
    const facts: string[] = [
      directed ? "directed: edges go from source to target" : "undirected: edges go both ways",
      weighted ? "weighted: edge weights are used" : "unweighted: every edge has weight 1",
      `${count(report.edgesRead)} edges read`,
      report.reciprocalMerged > 0
        ? `${count(report.reciprocalMerged)} edges given in both directions, merged`
        : "",
      report.duplicatesMerged > 0 ? `${count(report.duplicatesMerged)} duplicate edges, merged` : "",
      report.selfLoopsRead > 0 ? `${count(report.selfLoopsRead)} self-loops read; every node has one` : "",
      report.isolatedNodes > 0 ? `${count(report.isolatedNodes)} nodes without neighbours` : "",
    ].filter(Boolean);
    return html`<details ?open=${report.warnings.length > 0}>
      <summary>Import report${report.warnings.length > 0 ? html` · ${plural(report.warnings.length, "warning")}` : nothing}</summary>
      <ul class="small" tabindex="0" aria-label="Import report">
        ${report.files.map(([name, kind]) => html`<li class="break"><strong>${name}</strong> <span class="quiet">${kind}</span></li>`)}
        ${facts.map((fact) => html`<li>${fact}</li>`)}
        ${report.warnings.map((warning) => html`<li class="break bad">${sign("⚠")} ${warning}</li>`)}
      </ul>
    </details>`;
  }

  #input(id: string): HTMLInputElement {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)!;
  }

  readonly #onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files: InputFile[] = [...(input.files ?? [])].map((file) => ({
      name: file.webkitRelativePath || file.name,
      data: file,
    }));
    input.value = "";
    void this.app.opening.openFiles(files);
  };
}

customElements.define("ibmb-data-panel", DataPanel);
