import { createImage, type Image } from '@sparnet/image';
import { invalid } from '@sparnet/core';
import type * as tf from '@tensorflow/tfjs-core';

/** An attention map for display: one value between 0 and 1 a position, rows from the top. */
export interface AttentionMap {
  /** The block it belongs to. */
  name: string;
  width: number;
  height: number;
  values: Float32Array;
}

/** The map [1,H,W,C] that a block made; of several channels the mean. */
export function attentionMap(name: string, map: tf.Tensor4D): AttentionMap {
  const [, height, width, channels] = map.shape;
  const all = map.dataSync() as Float32Array;
  const values = new Float32Array(height * width);
  for (let i = 0; i < values.length; i++) {
    for (let c = 0; c < channels; c++) (values[i] as number) += (all[i * channels + c] as number) / channels;
  }
  return { name, height, width, values };
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
