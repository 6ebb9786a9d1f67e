import type { PlanOptions } from "ibmb";
import {
  applies,
  type NumberOption,
  PLAN_OPTIONS,
  type PlanOption,
  planOption,
  type ValueOf,
} from "./options.ts";

/** A value for every option of every method; those of other methods wait until they are asked for again. */
export type PlanSettings = { [Name in PlanOption]: ValueOf<(typeof PLAN_OPTIONS)[Name]> };

export const PLAN_NAMES = Object.keys(PLAN_OPTIONS) as PlanOption[];

export const PLAN_DEFAULTS: Readonly<PlanSettings> = Object.fromEntries(
  PLAN_NAMES.map((name) => [name, PLAN_OPTIONS[name].default]),
) as unknown as PlanSettings;

/** Whether the option belongs to the method and the measure of the settings. */
export const belongs = (name: PlanOption, settings: PlanSettings): boolean =>
  applies(planOption(name), settings);

/** Whether another option stands in its place. */
export function replaced(name: PlanOption, settings: PlanSettings): boolean {
  const { unless } = planOption(name);
  return (
    unless !== undefined && belongs(unless as PlanOption, settings) && settings[unless as PlanOption] !== null
  );
}

/** The settings as the package's options; what it chooses itself is left out. */
export function planOptions(settings: PlanSettings, split: string | null): PlanOptions {
  const given = PLAN_NAMES.filter(
    (name) => belongs(name, settings) && !replaced(name, settings) && settings[name] !== null,
  );
  const options: PlanOptions = Object.fromEntries(given.map((name) => [name, settings[name]]));
  return split === null ? options : { ...options, split };
}

/** The option with the range and slider that a plan of so many outputs allows. */
export function forOutputs(option: NumberOption, numOutputs: number): NumberOption {
  const { slider } = option;
  if (option.upToOutputs === undefined || slider === undefined) return option;
  if (option.upToOutputs === "slider")
    return { ...option, slider: { ...slider, to: Math.max(slider.from * 2, numOutputs) } };
  const max = Math.max(1, Math.min(option.max ?? Infinity, numOutputs));
  return { ...option, max, slider: { ...slider, to: Math.max(slider.from + 1, Math.min(slider.to, max)) } };
}

/** Whether the outputs of a batch share its auxiliary nodes, so that none of them asks for one alone. */
export const takenTogether = (method: PlanSettings["method"]): boolean =>
  method === "batch-wise" || method === "cluster";
