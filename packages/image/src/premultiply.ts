import { imageBytes } from './image-bytes.ts';
import { createImage, type Image } from './image.ts';

/** RGB multiplied by alpha, rounded to the nearest level, so that transparent pixels don't bleed into an average. */
export function premultiply(image: Image): Image {
  const source = imageBytes(image);
  const data = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i += 4) {
    const alpha = source[i + 3]!;
    for (let c = 0; c < 3; c++) data[i + c] = Math.trunc((source[i + c]! * alpha + 127) / 255);
    data[i + 3] = alpha;
  }
  return createImage({ ...image, data });
}

/** RGB divided by alpha, truncated as Pillow does. */
export function unpremultiply(image: Image): Image {
  const source = imageBytes(image);
  const data = new Uint8ClampedArray(source.length);
  for (let i = 0; i < source.length; i += 4) {
    const alpha = source[i + 3]!;
    for (let c = 0; c < 3; c++) {
      data[i + c] = alpha === 0 ? source[i + c]! : Math.trunc((255 * source[i + c]!) / alpha);
    }
    data[i + 3] = alpha;
  }
  return createImage({ ...image, data: new Uint8Array(data.buffer) });
}
