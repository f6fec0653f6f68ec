import { createImage, type Image } from '@sparnet/image';

/** Samples from a seed: the same in every JavaScript engine. */
export function noise({
  width,
  height,
  channels,
  seed,
}: Pick<Image, 'width' | 'height' | 'channels'> & { seed: number }): Image {
  const image = createImage({ width, height, channels });
  let state = Math.imul(seed, 2654435761) | 1;
  for (let i = 0; i < image.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    image.data[i] = state >>> 24;
  }
  return image;
}

/** An image of one level. */
export function constant({
  width,
  height,
  channels,
  level,
}: Pick<Image, 'width' | 'height' | 'channels'> & { level: number }): Image {
  const image = createImage({ width, height, channels });
  image.data.fill(level);
  return image;
}
