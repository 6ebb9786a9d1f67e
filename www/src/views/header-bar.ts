import { css, html, nothing } from "lit";
import { AppElement, shared } from "../components/base.ts";
import { type Sign, sign } from "../components/signs.ts";
import { followTheme, setTheme, type ThemeChoice, themeChoice } from "../components/theme.ts";
import { accuracyOf } from "../state/run-summary.ts";
import { percent, plural } from "../state/words.ts";
import { share } from "./address.ts";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const SIGN: Record<ThemeChoice, Sign> = { system: "◐", light: "☀", dark: "☾" };

/** What is open, in one line. Fires `sheet` with `setup` or `details`, and `help`. */
export class HeaderBar extends AppElement {
  static override properties = { ...AppElement.properties, sheet: {} };
  declare sheet: "setup" | "details" | null;

  static override styles = [
    shared,
    css`
    header { display: flex; align-items: center; gap: 8px 14px; padding: 0 12px; min-height: 46px; background: var(--panel); border-bottom: 1px solid var(--line); }
    h1 { font-size: 14px; font-weight: 600; margin: 0; display: flex; gap: 8px; align-items: center; white-space: nowrap; }
    h1 svg { width: 20px; height: 20px; }
    .what { flex: 1; color: var(--quiet); }
    .what strong { color: var(--ink); font-weight: 600; }
    .chip { border: 1px solid var(--line); border-radius: 12px; padding: 2px 10px; font-size: 12px; white-space: nowrap; background: var(--raised); }
    nav { display: flex; gap: 6px; align-items: center; }
    .sheet { display: none; }
    nav svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.6; }
    #share { display: inline-flex; align-items: center; gap: 6px; }
    @media (max-width: 1099px) { .sheet { display: inline-block; } }
    @media (max-width: 799px) { .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } }
    @media (max-width: 599px) {
      .chip, .sheet, #share span { display: none; }
      header { gap: 8px; }
      nav { gap: 4px; }
    }
  `,
  ];

  constructor() {
    super();
    followTheme(this);
  }

  protected stores() {
    return [this.app.data, this.app.planning, this.app.modelling, this.app.history];
  }

  override render() {
    const { graph, plan, modelling, history } = this.app;
    const theme = themeChoice();
    const { model, run } = modelling;
    const accuracy = run === null || graph === null ? null : accuracyOf(run, graph);
    const facts =
      graph === null
        ? ""
        : [
            plural(graph.handle.numNodes, "node"),
            plural(graph.handle.numEdges, "edge"),
            graph.handle.numClasses > 0 ? plural(graph.handle.numClasses, "class", "classes") : "",
          ]
            .filter(Boolean)
            .join(" · ");
    const fire = (name: string, detail?: string) => this.dispatchEvent(new CustomEvent(name, { detail }));
    const sheet = (
      name: "setup" | "details",
      label: string,
    ) => html`<button class="sheet" aria-expanded=${this.sheet === name ? "true" : "false"}
      @click=${() => fire("sheet", name)}>${label}</button>`;
    return html`<header>
      <h1><svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#1558c0" /><path d="M10 21 16 10l7 9" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="2" /><circle cx="16" cy="10" r="4.5" fill="#fff" /><path d="m10 16 4.8 8H5.2z" fill="#ffd166" /><circle cx="23" cy="20" r="3" fill="#9cc2ff" /></svg>
        <span class="name">IBMB Explorer</span></h1>
      <div class="what clip" title=${graph === null ? "" : `${graph.handle.name} · ${facts}`}>${graph === null ? nothing : html`<strong>${graph.handle.name}</strong> · ${facts}`}</div>
      ${plan === null ? nothing : html`<span class="chip" id="chip-plan" data-digest=${plan.handle.stats.digest} title="Digest of the plan: ${plan.handle.stats.digest}. Equal plans have equal digests on every machine.">${plural(plan.handle.numBatches, "batch", "batches")}</span>`}
      ${model === null ? nothing : html`<span class="chip" id="chip-model" title=${model.source}>${model.handle.arch.toUpperCase()}${accuracy === null ? "" : ` ${percent(accuracy.share)}`}</span>`}
      <nav aria-label="Page">
        ${sheet("setup", "Setup")} ${sheet("details", "Details")}
        <button class="icon" id="undo" aria-label="Undo" title="Undo (Z)" ?disabled=${!history.canUndo} @click=${() => void history.undo()}>
          <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true"><path d="M6 3 2.5 6.5 6 10M3 6.5h6a4 4 0 0 1 0 8H6" /></svg></button>
        <button class="icon" id="redo" aria-label="Redo" title="Redo (Shift+Z)" ?disabled=${!history.canRedo} @click=${() => void history.redo()}>
          <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true"><path d="m10 3 3.5 3.5L10 10M13 6.5H7a4 4 0 0 0 0 8h3" /></svg></button>
        <button id="share" aria-label="Share: copy a link" title="Copy a link to this view (S)" ?disabled=${graph === null} @click=${() => void share(this.app)}>
          <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true"><path d="M6.5 9.5 9.5 6.5M7 4.5l1.8-1.8a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.8 1.8a3.2 3.2 0 0 1-4.5-4.5L4.5 7" /></svg><span>Share</span></button>
        <button class="icon" id="theme" aria-label="Theme: ${theme}. Change to ${NEXT[theme]}." title="Theme: ${theme}" @click=${() => setTheme(NEXT[theme])}>${sign(SIGN[theme])}</button>
        <button class="icon" id="help" aria-label="Help and keys" title="Help and keys (?)" @click=${() => fire("help")}>?</button>
      </nav>
    </header>`;
  }
}

customElements.define("ibmb-header", HeaderBar);
