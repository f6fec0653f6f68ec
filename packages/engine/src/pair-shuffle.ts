import * as tf from '@tensorflow/tfjs-core';
import { onWasm, writeOnHeap } from './wasm-heap.ts';

/**
 * Windows [N,H+1,W+1,4D] to pixels [N,2H,2W,D]. Window i lies between the source pixels i - 1 and i: its channels are,
 * down and across, the first pixel of pair i, then the second of pair i - 1 (`tf.depthToSpace`'s order, after which
 * the outermost rows and columns belong to no pair and go).
 */
export function pairShuffled(windows: tf.Tensor4D): tf.Tensor4D {
  const [batch, rows, columns, channels] = windows.shape;
  const shape: tf.Tensor4D['shape'] = [batch, 2 * rows - 2, 2 * columns - 2, channels / 4];
  if (!onWasm()) return tf.slice(tf.depthToSpace(windows, 2), [0, 1, 1, 0], shape);
  return writeOnHeap(windows, shape, (target, source) =>
    visitPairs(shape, (pixel, window, length) => {
      for (let i = 0; i < length; i++) target[pixel + i] = source[window + i] as number;
    }),
  );
}

/** The adjoint of {@link pairShuffled}. */
export function pairUnshuffled(pixels: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = pixels.shape;
  const shape: tf.Tensor4D['shape'] = [batch, height / 2 + 1, width / 2 + 1, 4 * channels];
  if (!onWasm()) {
    const surrounded = tf.pad(pixels, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const rows = tf.reshape(surrounded, [(batch * (height + 2)) / 2, 2, width / 2 + 1, 2 * channels]);
    return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), shape);
  }
  return writeOnHeap(pixels, shape, (target, source) => {
    target.fill(0);
    visitPairs(pixels.shape, (pixel, window, length) => {
      for (let i = 0; i < length; i++) target[window + i] = source[pixel + i] as number;
    });
  });
}

/** Call `move` with where each pixel's channels lie among the pixels and among the windows. */
function visitPairs(
  [batch, height, width, channels]: tf.Tensor4D['shape'],
  move: (pixel: number, window: number, length: number) => void,
): void {
  const windowRow = (width / 2 + 1) * 4 * channels;
  let pixel = 0;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < height; y++) {
      const row = (image * (height / 2 + 1) + ((y + 1) >> 1)) * windowRow + ((y + 1) & 1) * 2 * channels;
      for (let x = 0; x < width; x++, pixel += channels) {
        move(pixel, row + ((x + 1) >> 1) * 4 * channels + ((x + 1) & 1) * channels, channels);
      }
    }
  }
}
