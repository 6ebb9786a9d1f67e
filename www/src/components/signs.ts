import { html, nothing, svg } from "lit";

const line = (path: string, width = 1.7) =>
  svg`<path d=${path} fill="none" stroke="currentColor" stroke-width=${width} stroke-linecap="round" stroke-linejoin="round" />`;
const ring = (dashes: string | typeof nothing = nothing) =>
  svg`<circle cx="8" cy="8" r="4.9" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray=${dashes} />`;
const cross = line("M3.8 3.8 12.2 12.2M12.2 3.8 3.8 12.2");

/**
 * Every sign that the page has in its text, drawn in a square of 16: no font of the machine has a say in how
 * it looks or how wide it is.
 */
const DRAWINGS = {
  "●": svg`<circle cx="8" cy="8" r="5.2" fill="currentColor" />`,
  "▲": svg`<path d="M8 2.4 14.2 13.2H1.8z" fill="currentColor" />`,
  "○": ring(),
  "◌": ring("1.5 1.58"),
  "✓": line("M2.8 8.6 6.4 12.2 13.2 4", 2),
  "✗": cross,
  "×": cross,
  "≠": line("M3 6h10M3 10h10M10.6 2.6 5.4 13.4", 1.5),
  "⚠": svg`<path d="M8 2 14.8 14H1.2z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" /><path d="M8 6.4v3.6M8 11.6v.6" fill="none" stroke="currentColor" stroke-width="1.6" />`,
  "←": line("M13.5 8h-11M6.5 4 2.5 8l4 4"),
  "→": line("M2.5 8h11M9.5 4l4 4-4 4"),
  "↑": line("M8 13.5v-11M4 6.5l4-4 4 4"),
  "↓": line("M8 2.5v11M4 9.5l4 4 4-4"),
  "⇤": line("M2.4 3.5v9M14 8H5.2M8.7 4.5 5.2 8l3.5 3.5"),
  "⇥": line("M13.6 3.5v9M2 8h8.8M7.3 4.5 10.8 8l-3.5 3.5"),
  "◐": svg`<circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.5" /><path d="M8 2.4a5.6 5.6 0 0 0 0 11.2z" fill="currentColor" />`,
  "☀": svg`<circle cx="8" cy="8" r="3.1" fill="currentColor" /><path d="M8 1v2M8 13v2M1 8h2M13 8h2M3.1 3.1l1.4 1.4M11.5 11.5l1.4 1.4M12.9 3.1l-1.4 1.4M4.5 11.5l-1.4 1.4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />`,
  "☾": svg`<path d="M10.6 2.2a6.2 6.2 0 1 0 3.3 8.6A5.4 5.4 0 0 1 10.6 2.2z" fill="currentColor" />`,
} as const;

export type Sign = keyof typeof DRAWINGS;

const SIGNS = new RegExp(`([${Object.keys(DRAWINGS).join("")}])`);

/**
 * A sign as a drawing of the size and colour of the text around it. Text that is copied or compared has its
 * character still. `label`: what it says to those who do not see it; without, the words around it say the
 * same.
 */
export const sign = (which: Sign, label?: string) =>
  html`<svg class="sign" viewBox="0 0 16 16" width="1em" height="1em" role=${label === undefined ? nothing : "img"} aria-label=${label ?? nothing} aria-hidden=${label === undefined ? "true" : nothing}><desc>${which}</desc>${DRAWINGS[which]}</svg>`;

/** A text whose signs are drawn. */
export const withSigns = (text: string) =>
  text.split(SIGNS).map((part, i) => (i % 2 === 0 ? part : sign(part as Sign)));
