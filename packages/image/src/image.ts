import { SparnetError, checkInteger, invalid } from '@sparnet/core';

/**
 * An 8-bit sRGB picture as plain data: rows from the top, channels interleaved (1 grey, 3 RGB, 4 RGB and alpha, not
 * premultiplied). `data` holds exactly `width * height * channels` samples.
 */
export interface Image {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  data: Uint8Array | Uint8ClampedArray;
}

/** The samples of an image must be countable in 31 bits, so that every index is a small integer. */
const maxSamples = 2 ** 31 - 1;

/**
 * An image of the given size. Without `data` it is zero: black, and transparent if it has alpha. `data` is kept, not copied.
 *
 * @throws SparnetError `bad-image` when a size, the channels or the length of `data` is wrong.
 */
export function createImage({
  width,
  height,
  channels,
  data,
}: Omit<Image, 'data'> & { data?: Image['data'] }): Image {
  checkSize({ width, height, channels }, 'image');
  return checkImage({ width, height, channels, data: data ?? new Uint8Array(width * height * channels) });
}

/**
 * The `image` itself when it is a valid {@link Image}.
 *
 * @param name - What the message of the error calls it.
 * @throws SparnetError `bad-image` when it is not.
 */
export function checkImage(image: Image, name = 'image'): Image {
  if (typeof image !== 'object' || image === null) {
    throw invalid(name, 'an image { width, height, channels, data }', image, 'bad-image');
  }
  checkSize(image, name);
  const { width, height, channels, data } = image;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw invalid(`${name}.data`, 'Uint8Array or Uint8ClampedArray', data, 'bad-image');
  }
  if (data.length !== width * height * channels) {
    throw new SparnetError(
      'bad-image',
      `expected ${width} x ${height} x ${channels} = ${width * height * channels} samples for ${name}.data, got ${data.length}`,
    );
  }
  return image;
}

/** The picture of a canvas as an {@link Image} with alpha. The samples are shared, not copied. */
export function fromImageData({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}): Image {
  return checkImage({ width, height, channels: 4, data }, 'ImageData');
}

/** Refuses sizes that are not positive integers or whose samples could not be counted. */
export function checkSize({ width, height, channels }: Omit<Image, 'data'>, name: string): void {
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw invalid(`${name}.channels`, '1, 3 or 4', channels, 'bad-image');
  }
  try {
    checkInteger(`${name}.width`, width, 1, maxSamples);
    checkInteger(`${name}.height`, height, 1, Math.floor(maxSamples / (width * channels)));
  } catch (error) {
    throw new SparnetError('bad-image', (error as Error).message);
  }
}
