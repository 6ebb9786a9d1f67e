import { COLOUR_MODES, type LayoutMode } from "../state/view.ts";
import type { Explorer } from "../stores/explorer.ts";
import { share } from "./address.ts";

export interface KeyActions {
  fit(): void;
  find(): void;
  help(): void;
  close(): void;
}

const LAYOUT_KEYS: Readonly<Record<string, LayoutMode>> = { b: "batch", f: "force", p: "file", r: "rings" };

/** Puts the nodes elsewhere, or says why they cannot stand there. */
export function takeLayout(app: Explorer, layout: LayoutMode): void {
  const lacks = app.setLayout(layout);
  if (lacks !== null) app.data.say({ kind: "error", text: lacks });
}

/** Keys that work wherever nothing else takes them. Returns the function that ends them. */
export function listenToKeys(app: Explorer, actions: KeyActions): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest("input, select, textarea, dialog")) return;
    const onButton = target instanceof Element && target.closest("button, summary, [role=tab]") !== null;
    const layout = LAYOUT_KEYS[event.key];
    const mode = COLOUR_MODES[Number(event.key) - 1];
    if (event.key === "ArrowDown" && !event.shiftKey) void app.selection.selectBatch(app.view.batchIndex + 1);
    else if (event.key === "ArrowUp" && !event.shiftKey)
      void app.selection.selectBatch(app.view.batchIndex - 1);
    else if (event.key === "0") actions.fit();
    else if (mode !== undefined) app.view.set({ colour: mode[0] });
    else if (event.key === "[") app.stepTopK(-1);
    else if (event.key === "]") app.stepTopK(1);
    else if (event.key === " " && !onButton) app.toggleInference();
    else if (event.key === "/") actions.find();
    else if (event.key === "l") app.view.set({ tool: app.view.tool === "lasso" ? "move" : "lasso" });
    else if (layout !== undefined) takeLayout(app, layout);
    else if (event.key === "z") void app.history.undo();
    else if (event.key === "Z") void app.history.redo();
    else if (event.key === "s") void share(app);
    else if (event.key === "?") actions.help();
    else if (event.key === "Escape") actions.close();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
