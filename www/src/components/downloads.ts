import { html } from "lit";
import { csv } from "../state/csv.ts";
import { json, type Table } from "../state/tables.ts";

/** Long enough for the browser to have taken the file. */
const KEPT_MS = 10_000;

/** Gives the user a file. */
export function download(name: string, data: BlobPart, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** A name that every file system takes; what it does not take becomes a hyphen. */
export const fileName = (...parts: readonly string[]): string =>
  parts
    .join("-")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._]+/gu, "-")
    .slice(-120);

/** Two buttons that save a table; it is made when one of them is pressed. */
export function saveTable(what: string, graphName: string, make: () => Table) {
  const save = (ending: "csv" | "json") => {
    const table = make();
    const name = `${fileName(graphName, table.name)}.${ending}`;
    if (ending === "csv") download(name, csv(table.heads, table.rows), "text/csv;charset=utf-8");
    else download(name, json(table), "application/json");
  };
  const label = (kind: string) => `Save ${what} as ${kind}`;
  return html`<span class="save">${(["csv", "json"] as const).map(
    (ending) => html`<button class="link small" data-save=${`${what} ${ending}`}
    aria-label=${label(ending.toUpperCase())} title=${label(ending.toUpperCase())} @click=${() => save(ending)}>${ending.toUpperCase()}</button>`,
  )}</span>`;
}
