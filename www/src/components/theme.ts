import type { ReactiveControllerHost } from "lit";
import type { Theme } from "../state/colour.ts";

/** What the user asked for; `system` follows the machine. */
export type ThemeChoice = "system" | "light" | "dark";

const KEY = "ibmb-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let choice: ThemeChoice = "system";

export const themeChoice = (): ThemeChoice => choice;

export const effectiveTheme = (): Theme => (choice === "system" ? (dark.matches ? "dark" : "light") : choice);

/** Draws a component again when the theme changes, as long as it is in the page. */
export function followTheme(host: ReactiveControllerHost): void {
  const update = () => host.requestUpdate();
  host.addController({
    hostConnected: () => void listeners.add(update),
    hostDisconnected: () => void listeners.delete(update),
  });
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage may be closed to the page; the choice then lasts as long as the visit.
  }
  for (const listener of listeners) listener();
}

/** Takes up the choice of an earlier visit. */
export function restoreTheme(): void {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // As above.
  }
  if (stored === "light" || stored === "dark") setTheme(stored);
}

dark.addEventListener("change", () => {
  for (const listener of listeners) listener();
});
