import { css } from "lit";

/** Looks of the map, its tools, its card and its legend. */
export const mapStyles = css`
  :host { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; min-height: 0; min-width: 0; background: var(--paper); }
  .tools { display: flex; flex-wrap: wrap; gap: 6px 10px; padding: 8px 12px; }
  .tools ibmb-search { margin-left: auto; }
  .segments { display: flex; border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; background: var(--panel); max-width: 100%; }
  .segments button { border: 0; border-radius: 0; background: none; padding: 0 9px; }
  .segments button + button { border-left: 1px solid var(--line); }
  .segments button[aria-pressed="true"] { background: var(--wash); color: var(--accent); font-weight: 600; }
  .segments button[aria-disabled="true"] { color: color-mix(in oklab, var(--quiet) 70%, transparent); cursor: default; }
  .segments button:focus-visible { outline-offset: -2px; }
  .field { position: relative; min-height: 0; min-width: 0; overflow: hidden; border-block: 1px solid var(--line); }
  .field[hidden] { display: none; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: grab; }
  canvas.drawing { cursor: crosshair; }
  canvas:focus-visible { outline-offset: -3px; }
  .band { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; z-index: 1; }
  .band polygon { fill: var(--accent); fill-opacity: 0.1; stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 4 3; }
  .buttons { position: absolute; right: 10px; top: 10px; z-index: 1; display: grid; gap: 5px; }
  .buttons svg { fill: none; stroke: currentColor; stroke-width: 1.6; }
  .buttons button[aria-pressed="true"] { background: var(--wash); color: var(--accent); border-color: var(--accent); }
  .trouble { position: absolute; inset: 0; display: grid; place-content: center; text-align: center; padding: 24px; gap: 8px; background: var(--paper); }
  .card { position: absolute; left: 0; top: 0; z-index: 2; width: max-content; max-width: min(280px, calc(100% - 16px)); pointer-events: none;
    background: var(--panel); border: 1px solid var(--line); border-radius: var(--radius); padding: 8px 10px; font-size: 12px;
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.14); transform: translate(var(--x), var(--y)); }
  .card strong { display: block; max-height: 2.9em; overflow: hidden; overflow-wrap: anywhere; }
  .card dl { margin-top: 4px; gap: 1px 10px; }
  .selection { position: absolute; left: 8px; top: 8px; max-width: calc(100% - 60px); z-index: 1; display: flex; flex-wrap: wrap; gap: 0 12px; padding: 4px 10px; font-size: 12px;
    background: var(--wash); border: 1px solid var(--line); border-radius: var(--radius); overflow-wrap: anywhere; }
  .moving { position: absolute; right: 52px; top: 10px; z-index: 1; width: 220px; padding: 6px 10px; font-size: 12px; background: var(--panel); border: 1px solid var(--line); border-radius: var(--radius); }
  .legend { position: absolute; left: 8px; bottom: 8px; max-width: calc(100% - 16px); max-height: 40%; overflow: auto; font-size: 12px; padding: 3px 5px; border-radius: var(--radius);
    background: color-mix(in oklab, var(--paper) 84%, transparent); display: flex; flex-wrap: wrap; align-items: center; gap: 1px 4px; pointer-events: none; scrollbar-width: thin; }
  .legend span, .legend button { display: inline-flex; align-items: center; gap: 5px; min-width: 0; padding: 1px 6px; }
  .legend button { pointer-events: auto; min-height: 22px; border: 1px solid transparent; background: none; }
  .legend button[aria-pressed="true"] { border-color: var(--accent); background: var(--wash); }
  .legend button.link { color: var(--accent); }
  .legend .clip { display: block; max-width: 150px; padding: 0; }
  .legend i { width: 9px; height: 9px; border-radius: 50%; background: var(--fill); flex: none; }
  .legend svg { width: 13px; height: 13px; flex: none; }
  .legend .ramp { width: 54px; height: 8px; border-radius: 2px; background: linear-gradient(to right, var(--from), var(--middle), var(--to)); }
  .status { padding: 9px 14px; min-height: 38px; }
  @media (max-width: 599px) {
    .tools { padding: 8px; }
    .segments { width: 100%; }
    .segments button { flex: auto; padding: 0 4px; font-size: 12px; }
    .tools ibmb-search { margin-left: 0; flex: auto; }
    .status { padding: 8px 12px; }
  }
`;
