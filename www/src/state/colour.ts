/** Colours as bytes: OKLCH hues of equal lightness for batches, Okabe–Ito for classes, one hue for scores. */

export type Rgb = readonly [number, number, number];
export type Theme = "light" | "dark";

/** OKLCH to sRGB bytes, held inside the gamut. */
export function oklch(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (x: number) => {
    const y = x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, y)) * 255);
  };
  return [byte(linear[0]!), byte(linear[1]!), byte(linear[2]!)];
}

export const css = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;

const OKABE_ITO: readonly Rgb[] = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [213, 94, 0],
  [240, 228, 66],
];

/** Okabe–Ito for the first seven classes, then the wheel at a golden angle. */
export function classColours(numClasses: number, theme: Theme): Rgb[] {
  const lightness = theme === "dark" ? 0.76 : 0.62;
  return Array.from({ length: numClasses }, (_, i) =>
    i < OKABE_ITO.length ? OKABE_ITO[i]! : oklch(lightness, 0.12, (i * 137.508 + 20) % 360),
  );
}

/** Training, validation and test nodes, and those of no part. */
export const splitColours = (theme: Theme): Rgb[] => [
  OKABE_ITO[0]!,
  OKABE_ITO[1]!,
  OKABE_ITO[2]!,
  GREY[theme],
];

const NUM_HUES = 10;

/** Hue slots for batches so that neighbouring islands differ. `centres` holds x, y of every island. */
export function islandHues(centres: Float64Array): Uint8Array {
  const n = centres.length / 2;
  const slots = new Uint8Array(n);
  const used = new Float64Array(NUM_HUES);
  const order = Array.from({ length: n }, (_, i) => i);
  const kept = Math.min(n, 400);
  for (const i of order) {
    const cost = new Float64Array(NUM_HUES);
    for (let j = Math.max(0, i - kept); j < i; j++) {
      const dx = centres[2 * i]! - centres[2 * j]!;
      const dy = centres[2 * i + 1]! - centres[2 * j + 1]!;
      const near = 1 / (dx * dx + dy * dy + 1e-4);
      for (let slot = 0; slot < NUM_HUES; slot++) {
        const apart = Math.abs(slot - slots[j]!);
        const steps = Math.min(apart, NUM_HUES - apart);
        cost[slot]! += near / (1 + steps * steps);
      }
    }
    let best = 0;
    for (let slot = 1; slot < NUM_HUES; slot++) {
      const better = cost[slot]! * (1 + used[slot]!) - cost[best]! * (1 + used[best]!);
      if (better < -1e-12) best = slot;
    }
    slots[i] = best;
    used[best]! += 0.35;
  }
  return slots;
}

export function batchColour(slot: number, theme: Theme): Rgb {
  return oklch(theme === "dark" ? 0.74 : 0.64, 0.135, slot * (360 / NUM_HUES) + 25);
}

/** One hue from weak to strong; `t` in 0..1. */
export function scoreColour(t: number, theme: Theme): Rgb {
  return theme === "dark"
    ? oklch(0.46 + 0.46 * t, 0.05 + 0.06 * t, 255)
    : oklch(0.8 - 0.52 * t, 0.06 + 0.1 * t, 262);
}

export const WRONG: Rgb = [213, 94, 0];
export const RIGHT: Record<Theme, Rgb> = { light: [0, 130, 95], dark: [60, 190, 150] };
export const GREY: Record<Theme, Rgb> = { light: [118, 124, 133], dark: [138, 146, 158] };
/** Rings around outputs: dark in both themes. */
export const RING: Record<Theme, Rgb> = { light: [24, 28, 36], dark: [8, 10, 13] };
