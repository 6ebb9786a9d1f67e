import type { Progress } from "ibmb";
import { html, LitElement } from "lit";
import { progressWords } from "../state/words.ts";
import { shared } from "./base.ts";

/** A bar and the stage in words. */
export class ProgressLine extends LitElement {
  static override properties = { progress: { attribute: false }, label: {} };
  declare progress: Progress | null;
  /** Shown until the first report. */
  declare label: string;
  static override styles = [shared];

  override render() {
    const { progress } = this;
    const words = progress === null ? this.label : progressWords(progress);
    return html`<div class="stack">
      <progress aria-label=${this.label} max=${progress?.total || 1} .value=${progress?.done ?? 0}></progress>
      <span class="small quiet clip">${words}</span>
    </div>`;
  }
}

customElements.define("ibmb-progress", ProgressLine);
