import * as tf from '@tensorflow/tfjs-core';
import { writeOnHeap } from './wasm-heap.ts';

type Shape4D = [number, number, number, number];

/**
 * The gradient of a convolution by its filter on WASM, which has no kernel for it: a matrix product for each place in
 * the filter. With the gradient laid on the input's grid, zeros where it has no pixel, moving the filter's window is
 * moving the start of the memory that is read: the input is transposed once and copied a shift further for each place.
 * For stride 2 the input is split into its four phases first. Fastest of the ways that `bench/` compares.
 *
 * @param x - The (padded) input, [N,H,W,C].
 * @param dy - [N,H',W',D].
 * @param shape - [K,K,C,D].
 */
export function filterGradientOnHeap(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  shape: Shape4D,
  stride: 1 | 2,
): tf.Tensor4D {
  const [size, , channels] = shape;
  const phases = stride === 1 ? [x] : fourPhases(x);
  const [batch, height, width] = (phases[0] as tf.Tensor4D).shape;
  const pixels = batch * height * width;
  const planes = phases.map((phase) => tf.transpose<tf.Tensor2D>(tf.reshape(phase, [pixels, channels])));
  const gradients = onGrid(dy, height, width);
  const products: tf.Tensor2D[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = planes[(row % stride) * stride + (column % stride)] as tf.Tensor2D;
      const moved = shifted(from, Math.floor(row / stride) * width + Math.floor(column / stride));
      products.push(tf.matMul(moved, gradients));
      moved.dispose();
    }
  }
  return tf.reshape(tf.concat(products, 0), shape);
}

/** `planes` read `shift` values later. What moves in from the next plane meets zeros of the gradient. */
function shifted(planes: tf.Tensor2D, shift: number): tf.Tensor2D {
  return writeOnHeap(planes, planes.shape, (target, source) => {
    target.set(source.subarray(shift));
    target.fill(0, target.length - shift);
  });
}

/** `dy` [N,H',W',D] with zeros behind its rows and columns, as [N * height * width, D]. */
function onGrid(dy: tf.Tensor4D, height: number, width: number): tf.Tensor2D {
  const [batch, rows, columns, channels] = dy.shape;
  const line = columns * channels;
  return writeOnHeap(dy, [batch * height * width, channels], (target, source) => {
    target.fill(0);
    for (let image = 0; image < batch; image++) {
      for (let row = 0; row < rows; row++) {
        const from = (image * rows + row) * line;
        target.set(source.subarray(from, from + line), (image * height + row) * width * channels);
      }
    }
  });
}

/** Every second row and column from (0,0), (0,1), (1,0), (1,1): [N,ceil(H/2),ceil(W/2),C], zeros past the end. */
function fourPhases(x: tf.Tensor4D): tf.Tensor4D[] {
  return [0, 1].flatMap((row) => [0, 1].map((column) => phaseOf(x, row, column)));
}

function phaseOf(x: tf.Tensor4D, firstRow: number, firstColumn: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const shape: Shape4D = [batch, Math.ceil(height / 2), Math.ceil(width / 2), channels];
  return writeOnHeap(x, shape, (target, source) => {
    target.fill(0);
    for (let image = 0; image < batch; image++) {
      for (let row = firstRow; row < height; row += 2) {
        let to = (image * shape[1] + (row - firstRow) / 2) * shape[2] * channels;
        for (let column = firstColumn; column < width; column += 2) {
          const from = ((image * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++) target[to++] = source[from + c] as number;
        }
      }
    }
  });
}
