import { decodeState, type PageState } from "../state/page-state.ts";
import type { Explorer } from "../stores/explorer.ts";

/** Browsers allow only so many changes of the address in a while. */
const REST_MS = 150;

/**
 * The state that the address asks for: what stands after `#`, and `?graph=` with a graph on the web or a
 * sample.
 */
export function linkedState(): PageState {
  const graph = new URLSearchParams(location.search).get("graph");
  return { ...(graph ? { graph } : {}), ...decodeState(location.hash) };
}

/** The address without its state. */
function plainAddress(): string {
  const rest = new URLSearchParams(location.search);
  rest.delete("graph");
  return `${location.pathname}${rest.size > 0 ? `?${rest}` : ""}`;
}

/**
 * Keeps the address to the state on show, and follows it when it is changed by hand. Returns the function
 * that ends it.
 */
export function followAddress(app: Explorer): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = app.history.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(() => write(app), REST_MS);
  });
  const onHash = () => void app.history.follow(linkedState());
  window.addEventListener("hashchange", onHash);
  return () => {
    clearTimeout(timer);
    stop();
    window.removeEventListener("hashchange", onHash);
  };
}

function write(app: Explorer): void {
  if (app.graph === null) return;
  const { address } = app.history;
  const url = `${plainAddress()}${address === "" ? "" : `#${address}`}`;
  if (url !== `${location.pathname}${location.search}${location.hash}`) history.replaceState(null, "", url);
}

/** Copies a link to what is on show and says what it holds. */
export async function share(app: Explorer): Promise<void> {
  write(app);
  const { leftOut } = app.history;
  const rest =
    leftOut === null
      ? `It holds ${app.graph?.source.address === undefined ? "the sample" : "the graph's address"}, the settings and the selection.`
      : `It does not carry ${leftOut}.`;
  try {
    await navigator.clipboard.writeText(location.href);
    app.data.say({ kind: "done", text: `Link copied. ${rest}` });
  } catch {
    app.data.say({
      kind: "error",
      text: `The browser does not allow this page to copy. The link is in the address bar. ${rest}`,
    });
  }
}
