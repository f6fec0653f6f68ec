import type { Image } from '@sparnet/image';
import type { Protocol } from './protocol.ts';

/** The samples of one channel of an image, rows from the top. */
export interface Plane {
  width: number;
  height: number;
  values: Float64Array;
}

// Truncation makes the order of rounding matter: divided before it multiplies, and 16 added last.
const red = 65.481 / 255;
const green = 128.553 / 255;
const blue = 24.966 / 255;

/** Writes the luminance of an image inside its border to a plane of that size. */
export function writeLuminance(
  image: Image,
  protocol: Exclude<Protocol, 'rgb'>,
  border: number,
  { width, height, values }: Plane,
): void {
  const { channels, data } = image;
  const toGreen = channels === 3 ? 1 : 0;
  const toBlue = channels === 3 ? 2 : 0;
  const truncated = protocol === 'sparnet';
  const rounded = protocol === 'matlab-uint8';
  let to = 0;
  for (let y = 0; y < height; y++) {
    let at = ((y + border) * image.width + border) * channels;
    for (let x = 0; x < width; x++) {
      const luma = red * data[at]! + green * data[at + toGreen]! + blue * data[at + toBlue]! + 16;
      if (truncated) values[to] = Math.trunc(luma);
      else values[to] = rounded ? Math.round(luma) : luma;
      at += channels;
      to += 1;
    }
  }
}

/** Writes a channel of an image inside its border to a plane of that size. */
export function writeChannel(
  image: Image,
  channel: number,
  border: number,
  { width, height, values }: Plane,
): void {
  const { channels, data } = image;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let at = ((y + border) * image.width + border) * channels + channel;
    for (let x = 0; x < width; x++) {
      values[to++] = data[at]!;
      at += channels;
    }
  }
}
