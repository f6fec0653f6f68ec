/** `sequential` for amounts, dark to bright; `diverging` for changes, red over white to blue. */
export type ScaleName = keyof typeof stops;

type Triple = [number, number, number];

/** Lightness, chroma and hue (degrees) in Oklab, equally spaced. Lightness is linear in value, which makes the order seen. */
const stops = {
  sequential: [
    [0.16, 0.06, 285],
    [0.36, 0.15, 300],
    [0.56, 0.19, 355],
    [0.76, 0.15, 50],
    [0.96, 0.08, 105],
  ],
  diverging: [
    [0.42, 0.16, 27],
    [0.7, 0.12, 35],
    [0.98, 0, 35],
    [0.7, 0.1, 250],
    [0.42, 0.13, 255],
  ],
} satisfies Record<string, Triple[]>;

const steps = 256;

/** The 257 colours of a scale, RGB of 0 to 255, from the least value to the greatest; the middle one is a colour of its own. */
export function colourScale(name: ScaleName): Triple[] {
  const labs = stops[name].map(oklab);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const position = (step / steps) * (labs.length - 1);
    const at = Math.min(Math.floor(position), labs.length - 2);
    const share = position - at;
    return toSrgb(labs[at]!.map((value, i) => value + (labs[at + 1]![i]! - value) * share) as Triple);
  });
}

function oklab([lightness, chroma, hue]: Triple): Triple {
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

/** Oklab (Ottosson, 2020) to sRGB in 8 bits. */
function toSrgb([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    level(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    level(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    level(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function level(linear: number): number {
  const inside = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055));
}
