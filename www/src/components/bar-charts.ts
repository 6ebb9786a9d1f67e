import { css, html, svg } from "lit";

/** One value of a chart. */
export interface Bar {
  label: string;
  value: number;
  /** The value in words. */
  text: string;
  /** Default: the accent. */
  fill?: string;
  /** Stands out from the others. */
  chosen?: boolean;
}

export const barLooks = css`
  .bars { display: grid; grid-template-columns: minmax(0, max-content) minmax(40px, 1fr) auto; gap: 3px 8px; align-items: center; font-size: 12px; max-height: 190px; overflow: auto; }
  .bars > div { display: contents; }
  .bars .label { max-width: 11em; }
  .bars i { height: 8px; border-radius: 2px; background: var(--fill, var(--accent)); width: var(--share); min-width: 1px; }
  .bars i.none { visibility: hidden; }
  .bars .number { text-align: right; }
  .columns { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 6px; font-size: 11px; color: var(--quiet); }
  .columns svg { width: 100%; height: 110px; border-bottom: 1px solid var(--control); display: block; }
  .columns rect { fill: var(--control); }
  .columns rect.chosen { fill: var(--accent); }
  .columns .scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; }
  .columns .ends { grid-column: 2; display: flex; justify-content: space-between; gap: 8px; }
`;

/** Rows of a name, a bar and a number. */
export function barList(label: string, bars: readonly Bar[]) {
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1;
  return html`<div class="bars" role="list" aria-label=${label} tabindex="0">
    ${bars.map(
      (bar) => html`<div role="listitem"><span class="label clip" title=${bar.label}>${bar.label}</span>
      <i class=${bar.value > 0 ? "" : "none"} .style=${`--share: ${(100 * bar.value) / most}%${bar.fill === undefined ? "" : `; --fill: ${bar.fill}`}`}></i>
      <span class="number">${bar.text}</span></div>`,
    )}
  </div>`;
}

/**
 * Upright bars from nought to `top`, for many values of one kind; `ends` are the words below the first and
 * the last.
 */
export function columnChart(
  label: string,
  bars: readonly Bar[],
  top: { value: number; text: string },
  ends: readonly [string, string],
) {
  const most = top.value || 1;
  return html`<div class="columns">
    <div class="scale" aria-hidden="true"><span>${top.text}</span><span>0</span></div>
    <svg viewBox="0 0 ${Math.max(1, bars.length)} 100" preserveAspectRatio="none" role="img" aria-label=${label}>
      ${bars.map(({ label: name, value, text, chosen }, i) => svg`<rect class=${chosen ? "chosen" : ""} x=${i + 0.08} width="0.84" y=${100 - (100 * value) / most} height=${(100 * value) / most}><title>${name}: ${text}</title></rect>`)}
    </svg>
    <div class="ends" aria-hidden="true"><span>${ends[0]}</span><span>${ends[1]}</span></div>
  </div>`;
}
