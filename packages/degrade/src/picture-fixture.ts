import { randomStream } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';

/** A smooth picture with some texture, the same for the same size and seed. */
export function picture(
  width: number,
  height: number,
  { channels = 3, seed = 1 }: { channels?: 1 | 3 | 4; seed?: number } = {},
): Image {
  const image = createImage({ width, height, channels });
  const random = randomStream({ seed, purpose: 'test picture' });
  for (let i = 0; i < image.data.length; i++) {
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    image.data[i] = (90 + 2 * x + 3 * y + 40 * (i % channels) + random.integer(60)) % 256;
  }
  return image;
}

/** Rows of grey levels as an image, so that a test can be read. */
export function grey(rows: readonly (readonly number[])[]): Image {
  return createImage({
    width: rows[0]!.length,
    height: rows.length,
    channels: 1,
    data: Uint8Array.from(rows.flat()),
  });
}
