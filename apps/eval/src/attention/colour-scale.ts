import { createImage, type Image, type Rgb } from '@sparnet/image';

/** From 0 to 1, ever lighter, so that it keeps its order in grey and for colour-blind eyes. */
const anchors: readonly Rgb[] = [
  [8, 6, 30],
  [74, 20, 110],
  [160, 44, 96],
  [222, 96, 52],
  [250, 176, 40],
  [252, 250, 190],
];

/** The colour of a value between 0 and 1; what lies outside, and what is no number, takes the nearer end. */
export function colourOf(value: number): Rgb {
  const place = Math.min(1, Math.max(0, value || 0)) * (anchors.length - 1);
  const below = Math.min(anchors.length - 2, Math.floor(place));
  const part = place - below;
  return anchors[below]!.map((level, c) => Math.round(level + part * (anchors[below + 1]![c]! - level))) as [
    number,
    number,
    number,
  ];
}

/** Values as an RGB image of `width` x `height`, `low` in the darkest colour and `high` in the lightest. */
export function colourMap(
  values: ArrayLike<number>,
  { width, height, low, high }: { width: number; height: number; low: number; high: number },
): Image {
  const image = createImage({ width, height, channels: 3 });
  for (let i = 0; i < width * height; i++) image.data.set(colourOf((values[i]! - low) / (high - low)), 3 * i);
  return image;
}
