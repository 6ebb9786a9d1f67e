import type { Evaluation } from "ibmb";
import { css, html, svg } from "lit";
import { percent, plural } from "../state/words.ts";

export const reliabilityLooks = css`
  .reliability { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 6px; font-size: 11px; color: var(--quiet); max-width: 260px; }
  .reliability svg { width: 100%; display: block; border: 1px solid var(--line); border-bottom-color: var(--control); }
  .reliability .diagram { aspect-ratio: 4 / 3; }
  .reliability .nodes { height: 26px; }
  .reliability .scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; }
  .reliability .ends { grid-column: 2; display: flex; justify-content: space-between; gap: 8px; }
  .reliability rect { fill: var(--accent); fill-opacity: 0.8; }
  .reliability .nodes rect { fill: var(--control); fill-opacity: 1; }
  .reliability .even { stroke: var(--ink); stroke-dasharray: 3 3; fill: none; vector-effect: non-scaling-stroke; }
  .reliability .mean { stroke: var(--bad); stroke-width: 2; vector-effect: non-scaling-stroke; }
`;

/**
 * Accuracy by confidence, beside the line where both are the same, and how many nodes have that
 * confidence.
 */
export function reliability(label: string, { count, right, confidence }: Evaluation["calibration"]) {
  const width = 100 / count.length;
  const most = Math.max(1, ...count);
  const there = [...count.keys()].filter((i) => count[i]! > 0);
  const words = (i: number) =>
    `confidence ${percent(i / count.length, 0)} to ${percent((i + 1) / count.length, 0)}, mean ${percent(confidence[i]!)}: accuracy ${percent(right[i]! / count[i]!)} on ${plural(count[i]!, "node")}`;
  return html`<div class="reliability">
    <div class="scale" aria-hidden="true"><span>100 %</span><span>accuracy</span><span>0</span></div>
    <svg class="diagram" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label=${label}>
      ${there.map((i) => {
        const height = (100 * right[i]!) / count[i]!;
        return svg`<rect x=${i * width + 0.5} width=${width - 1} y=${100 - height} height=${height}><title>${words(i)}</title></rect>`;
      })}
      ${there.map((i) => svg`<path class="mean" d="M${i * width + 0.5} ${100 - 100 * confidence[i]!}h${width - 1}" />`)}
      <path class="even" d="M0 100 100 0" />
    </svg>
    <span aria-hidden="true">nodes</span>
    <svg class="nodes" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      ${there.map((i) => svg`<rect x=${i * width + 0.5} width=${width - 1} y=${100 - (100 * count[i]!) / most} height=${(100 * count[i]!) / most} />`)}
    </svg>
    <div class="ends" aria-hidden="true"><span>0</span><span>confidence</span><span>100 %</span></div>
  </div>`;
}
