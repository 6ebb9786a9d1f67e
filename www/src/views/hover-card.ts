import { html, nothing } from "lit";
import { sign, withSigns } from "../components/signs.ts";
import { memberOf, numRanked } from "../state/batch-members.ts";
import { NO_PART, PARTS, partsOf } from "../state/categories.ts";
import { takenTogether } from "../state/plan-settings.ts";
import { count, FOR_ALL, score, shorten, tidyClass } from "../state/words.ts";
import type { Explorer } from "../stores/explorer.ts";

/** Facts about the node under the pointer, beside the pointer. */
export function hoverCard(app: Explorer, spot: { x: number; y: number } | null) {
  const { hovered, batch, batchIndex } = app.view;
  const { graph, plan } = app;
  if (
    spot === null ||
    hovered === null ||
    batch === null ||
    graph === null ||
    plan === null ||
    hovered >= graph.handle.numNodes
  )
    return nothing;
  const { handle } = graph;
  const member = memberOf(batch, hovered);
  const home = plan.handle.batchOf[hovered]!;
  const label = handle.labels?.[hovered] ?? -1;
  const prediction = app.modelling.run?.predictions[hovered] ?? -1;
  const part = partsOf(graph)?.[hovered];
  const className = (c: number) => shorten(tidyClass(handle.classNames[c] ?? `class ${c}`), 30);
  const role =
    member === null
      ? home >= 0
        ? `output of batch ${home}`
        : "not an output"
      : member.isOutput
        ? `● output of batch ${batchIndex}`
        : `▲ auxiliary in batch ${batchIndex}`;
  const together = takenTogether(plan.handle.options.method);
  const ranked = together ? numRanked(batch) : 0;
  return html`<div class="card">
    <strong>${shorten(app.data.nameOf(hovered), 90)}</strong>
    <span class="quiet">${withSigns(role)}${together && member?.isOutput === false ? `, ${FOR_ALL}` : ""}</span>
    <dl>
      ${label < 0 ? nothing : html`<dt>class</dt><dd>${className(label)}</dd>`}
      ${part === undefined || part === NO_PART ? nothing : html`<dt>split</dt><dd>${PARTS[part]}</dd>`}
      ${prediction < 0 ? nothing : html`<dt>prediction</dt><dd>${className(prediction)}${label < 0 ? nothing : html` ${sign(prediction === label ? "✓" : "✗")}`}</dd>`}
      ${
        member === null
          ? nothing
          : html`
        <dt>score</dt><dd>${score(member.score)}</dd>
        ${
          together && ranked === 0
            ? nothing
            : html`<dt>rank</dt>
          <dd>${member.rank === null ? "–" : together ? `${count(member.rank)} of ${count(ranked)}` : count(member.rank)}</dd>`
        }
        <dt>hops</dt><dd>${member.hop ?? "–"}</dd>
        ${member.selectedBy === null || member.isOutput ? nothing : html`<dt>selected by</dt><dd>${shorten(app.data.nameOf(member.selectedBy), 30)}</dd>`}`
      }
    </dl>
  </div>`;
}
