import { css, html, nothing } from "lit";
import { count } from "../state/words.ts";

/** Rows that a table shows at most; how many are left out is stated. */
const MOST_ROWS = 200;

export const tableLooks = css`
  .data { max-height: 220px; overflow: auto; margin-top: 4px; }
  .data table { border-collapse: collapse; font-size: 12px; }
  .data caption { text-align: left; color: var(--quiet); padding-bottom: 2px; }
  .data th, .data td { text-align: right; padding: 1px 12px 1px 0; font-weight: 400; white-space: nowrap; }
  .data th { color: var(--quiet); }
  .data tbody th { max-width: 16em; overflow: hidden; text-overflow: ellipsis; }
  .data th:first-child { text-align: left; }
`;

/**
 * The numbers behind a picture, closed at first. The first cell of a row names it. `toggled`: called when it
 * is opened or closed.
 */
export function dataTable(
  title: string,
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  toggled?: () => void,
) {
  const shown = rows.slice(0, MOST_ROWS);
  return html`<details @toggle=${toggled}>
    <summary class="small quiet">${title}</summary>
    <div class="data" tabindex="0" role="group" aria-label=${caption}><table>
      <caption>${caption}${rows.length > shown.length ? `: the first ${count(shown.length)} of ${count(rows.length)} rows` : nothing}</caption>
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${shown.map(([name, ...cells]) => html`<tr><th scope="row" title=${name!}>${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>
  </details>`;
}
