import type { ReactiveControllerHost } from "lit";

/** Calls `draw` when the element takes another size, as long as it is in the page. */
export function followSize(host: ReactiveControllerHost & Element, draw: () => void): void {
  const observer = new ResizeObserver(draw);
  host.addController({
    hostConnected: () => observer.observe(host),
    hostDisconnected: () => observer.disconnect(),
  });
}
