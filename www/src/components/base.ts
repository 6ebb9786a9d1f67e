import { css, LitElement } from "lit";
import type { Explorer } from "../stores/explorer.ts";
import type { Changing } from "../stores/store.ts";

/** Looks that every component shares. */
export const shared = css`
  :host { display: block; }
  :host([hidden]) { display: none; }
  *, *::before, *::after { box-sizing: border-box; }
  h2 { font-size: 13px; font-weight: 600; margin: 0; }
  h3 { font-size: 12px; font-weight: 600; margin: 0; color: var(--quiet); }
  p { margin: 0; }
  .quiet { color: var(--quiet); }
  .small { font-size: 12px; }
  .bad { color: var(--bad); }
  .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; }
  .row { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
  .break { overflow-wrap: anywhere; }
  .sign { display: inline-block; vertical-align: -0.125em; flex: none; fill: none; stroke: none; }
  svg.ibmb-plot, kbd { font-family: inherit; }
  .clip { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
  button, select, input { font: inherit; font-variant-numeric: inherit; color: inherit; }
  button {
    min-height: 28px; padding: 0 10px; border: 1px solid var(--line); border-radius: var(--radius);
    background: var(--panel); cursor: pointer; white-space: nowrap; transition: background-color 120ms;
  }
  button:hover:not(:disabled) { background: var(--raised); }
  button:disabled { opacity: 0.5; cursor: default; }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
  button.primary:hover:not(:disabled) { background: color-mix(in oklab, var(--accent) 88%, var(--ink)); }
  button.link { min-height: 0; padding: 0; border: 0; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }
  .save { display: inline-flex; gap: 8px; margin-left: auto; }
  button.icon { width: 28px; padding: 0; display: inline-grid; place-items: center; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  select, input[type="number"], input[type="text"] {
    min-height: 28px; padding: 0 6px; border: 1px solid var(--control); border-radius: var(--radius); background: var(--panel); min-width: 0;
  }
  [aria-invalid="true"] { border-color: var(--bad) !important; outline-color: var(--bad); }
  progress { width: 100%; height: 4px; border: 0; border-radius: 2px; background: var(--line); accent-color: var(--accent); overflow: hidden; appearance: none; }
  progress::-webkit-progress-bar { background: var(--line); }
  progress::-webkit-progress-value { background: var(--accent); }
  progress::-moz-progress-bar { background: var(--accent); }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 12px; margin: 0; }
  dt { color: var(--quiet); }
  dd { margin: 0; text-align: right; min-width: 0; }
  details > summary { cursor: pointer; }
  @media (prefers-reduced-motion: reduce) { *, *::before, *::after { transition: none !important; animation: none !important; } }
`;

/** A component that shows state of the explorer and renders again when it changes. */
export abstract class AppElement extends LitElement {
  static override properties = { app: { attribute: false } };
  declare app: Explorer;
  #stops: (() => void)[] = [];

  /** The stores whose changes matter here. */
  protected abstract stores(): readonly Changing[];

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.app !== undefined) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("app") && this.isConnected) this.#listen();
  }

  #listen(): void {
    this.#forget();
    this.#stops = this.stores().map((store) => store.subscribe(() => this.requestUpdate()));
  }

  #forget(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }
}
