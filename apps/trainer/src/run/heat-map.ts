import { createImage, type Image } from '@sparnet/image';
import { invalid } from '@sparnet/core';

/** An attention map for display: one value between 0 and 1 a position, rows from the top. */
export interface AttentionMap {
  /** The block it belongs to. */
  name: string;
  width: number;
  height: number;
  values: Float32Array;
}

/**
 * An attention map as an RGB image of its own size: 0 is black, then red, yellow, and white for 1. Values outside are
 * clipped.
 *
 * @throws SparnetError `bad-argument` when the number of values does not fit the size.
 */
export function heatMap({ name, width, height, values }: AttentionMap): Image {
  if (values.length !== width * height)
    throw invalid(`map ${name}`, `${width} x ${height} values`, values.length);
  const image = createImage({ width, height, channels: 3 });
  values.forEach((value, i) => {
    for (let c = 0; c < 3; c++)
      image.data[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, 3 * value - c)));
  });
  return image;
}
