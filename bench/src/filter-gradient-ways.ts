import * as tf from '@tensorflow/tfjs-core';
import { writeOnHeap } from '../../packages/engine/src/wasm-heap.ts';

/** A convolution without padding, of which a gradient is wanted. */
export interface Gradient {
  /** [N,H,W,C], padded. */
  x: tf.Tensor4D;
  /** [N,H',W',D]. */
  dy: tf.Tensor4D;
  /** [K,K,C,D]. */
  filter: tf.Tensor4D;
  stride: 1 | 2;
}

/** A way to compute a gradient of a convolution. */
export type Way = (gradient: Gradient) => tf.Tensor4D;

/** A convolution in which channels are images, images are channels, dy is the filter, and the stride a dilation. */
export function byConvolution({ x, dy, filter, stride }: Gradient): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = filter.shape;
  const images: tf.Tensor4D = tf.transpose(x, [3, 1, 2, 0]);
  const pixels: tf.Tensor4D = tf.transpose(dy, [1, 2, 0, 3]);
  const found = tf.conv2d(images, pixels, 1, 'valid', 'NHWC', stride);
  const exact = tf.slice(found, [0, 0, 0, 0], [channelsIn, size, size, channelsOut]);
  return tf.transpose(exact, [1, 2, 0, 3]);
}

/** A matrix product for each place in the filter, whose window of x is cut out and transposed each time. */
export function byWindows({ x, dy, filter }: Gradient): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = filter.shape;
  const [batch, height, width] = dy.shape;
  const pixels = batch * height * width;
  const gradients: tf.Tensor2D = tf.reshape(dy, [pixels, channelsOut]);
  const products = places(size).map(([row, column]) =>
    tf.tidy(() => {
      const window = tf.slice(x, [0, row, column, 0], [batch, height, width, channelsIn]);
      const columns: tf.Tensor2D = tf.transpose(tf.reshape(window, [pixels, channelsIn]));
      return tf.matMul(columns, gradients);
    }),
  );
  return tf.reshape(tf.concat(products, 0), filter.shape);
}

/**
 * Matrix products of x, transposed once, and dy on x's own grid (zeros where it has no pixel): on the grid, moving the
 * window is moving the start of the memory that is read. `together` places of the filter go into one product.
 */
export function byShifts(together: number): Way {
  return ({ x, dy, filter, stride }) => {
    const [size, , channelsIn] = filter.shape;
    const phases = stride === 1 ? [x] : fourPhases(x);
    const [batch, height, width] = (phases[0] as tf.Tensor4D).shape;
    const pixels = batch * height * width;
    const rows = phases.map((phase) => tf.transpose<tf.Tensor2D>(tf.reshape(phase, [pixels, channelsIn])));
    const gradients = onGrid(dy, height, width);
    const all = places(size);
    const products: tf.Tensor[] = [];
    for (let first = 0; first < all.length; first += together) {
      const some = all.slice(first, first + together).map(([row, column]) => ({
        from: rows[stride === 1 ? 0 : (row % 2) * 2 + (column % 2)] as tf.Tensor2D,
        shift: Math.floor(row / stride) * width + Math.floor(column / stride),
      }));
      products.push(tf.tidy(() => tf.matMul(shifted(some), gradients)));
    }
    return tf.reshape(tf.concat(products, 0), filter.shape);
  };
}

/** The rows of every part, each read `shift` values later; what is read past a matrix' end are zeros. */
function shifted(parts: readonly { from: tf.Tensor2D; shift: number }[]): tf.Tensor2D {
  const [height, width] = (parts[0] as { from: tf.Tensor2D }).from.shape;
  const size = height * width;
  const moved = parts.map(({ from, shift }) =>
    writeOnHeap<tf.Tensor2D>(from, [height, width], (target, source) => {
      target.set(source.subarray(shift));
      target.fill(0, size - shift);
    }),
  );
  return moved.length === 1 ? (moved[0] as tf.Tensor2D) : tf.concat(moved, 0);
}

/** dy [N,H',W',D] with zeros behind its rows and columns, as [N * height * width, D]. */
function onGrid(dy: tf.Tensor4D, height: number, width: number): tf.Tensor2D {
  const [batch, rows, columns, channels] = dy.shape;
  return writeOnHeap(dy, [batch * height * width, channels], (target, source) => {
    const line = columns * channels;
    for (let image = 0; image < batch; image++) {
      for (let row = 0; row < height; row++) {
        const to = (image * height + row) * width * channels;
        const from = (image * rows + row) * line;
        if (row < rows) target.set(source.subarray(from, from + line), to);
        target.fill(0, row < rows ? to + line : to, to + width * channels);
      }
    }
  });
}

/** Every second row and column from (0,0), (0,1), (1,0), (1,1): [N,ceil(H/2),ceil(W/2),C], zeros past the end. */
function fourPhases(x: tf.Tensor4D): tf.Tensor4D[] {
  const [batch, height, width, channels] = x.shape;
  const shape = [batch, Math.ceil(height / 2), Math.ceil(width / 2), channels];
  return places(2).map(([row, column]) =>
    writeOnHeap(x, shape, (target, source) => {
      target.fill(0);
      const line = (shape[2] as number) * channels;
      let to = 0;
      for (let image = 0; image < batch; image++) {
        for (let y = 0; y < (shape[1] as number); y++, to += line) {
          if (2 * y + row >= height) continue;
          let from = ((image * height + 2 * y + row) * width + column) * channels;
          for (let at = to; at < to + line && from < source.length; at += channels, from += 2 * channels) {
            for (let c = 0; c < channels; c++) target[at + c] = source[from + c] as number;
          }
        }
      }
    }),
  );
}

function places(size: number): [number, number][] {
  return Array.from({ length: size * size }, (_, place) => [Math.floor(place / size), place % size]);
}
