import * as tf from '@tensorflow/tfjs-core';
import { writeOnHeap } from '../../packages/engine/src/wasm-heap.ts';
import type { Gradient } from './filter-gradient-ways.ts';

/** A convolution of dy, for stride 2 with a zero behind every value, with the turned filter. */
export function byZeroStuffing({ x, dy, filter, stride }: Gradient): tf.Tensor4D {
  const size = filter.shape[0];
  const turned: tf.Tensor4D = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  const spread = stride === 1 ? dy : stuffed(dy);
  const after = (axis: 1 | 2): number => x.shape[axis] - spread.shape[axis];
  return tf.conv2d(spread, turned, 1, [
    [0, 0],
    [size - 1, after(1)],
    [size - 1, after(2)],
    [0, 0],
  ]);
}

/**
 * For stride 2: every second row and column of the result is a convolution of dy with every second row and column of
 * the filter, which is at least 2x2. A quarter of the multiplications that zeros stuffed in take.
 */
export function byPhases({ x, dy, filter }: Gradient): tf.Tensor4D {
  const size = filter.shape[0];
  const turned: tf.Tensor4D = tf.transpose(filter, [0, 1, 3, 2]);
  const [batch, height, width, channels] = x.shape;
  const phases = [0, 1].flatMap((row) =>
    [0, 1].map((column) => {
      const [rows, columns] = [everySecond(size, row), everySecond(size, column)];
      const padding = (taps: number[], full: number, from: number, given: number): [number, number] => [
        taps.length - 1,
        Math.ceil((full - from) / 2) - given,
      ];
      return tf.conv2d(dy, picked(turned, rows, columns), 1, [
        [0, 0],
        padding(rows, height, row, dy.shape[1]),
        padding(columns, width, column, dy.shape[2]),
        [0, 0],
      ]);
    }),
  );
  return interleaved(phases, [batch, height, width, channels]);
}

/** The places `first`, `first` + 2, ... below `size`, the last one first. */
function everySecond(size: number, first: number): number[] {
  return Array.from({ length: Math.ceil((size - first) / 2) }, (_, index) => first + 2 * index).toReversed();
}

/** Some rows and columns of a filter. */
function picked(filter: tf.Tensor4D, rows: number[], columns: number[]): tf.Tensor4D {
  const [, size, channelsIn, channelsOut] = filter.shape;
  const block = channelsIn * channelsOut;
  return writeOnHeap(filter, [rows.length, columns.length, channelsIn, channelsOut], (target, source) => {
    let to = 0;
    for (const row of rows) {
      for (const column of columns) {
        const from = (row * size + column) * block;
        target.set(source.subarray(from, from + block), to);
        to += block;
      }
    }
  });
}

/** The results at (0,0), (0,1), (1,0), (1,1) of every two by two pixels as one. */
function interleaved(phases: readonly tf.Tensor4D[], shape: [number, number, number, number]): tf.Tensor4D {
  const [batch, height, width, channels] = shape;
  const all = tf.concat(phases.map((phase) => tf.reshape(phase, [phase.size])));
  return writeOnHeap(all, shape, (target, source) => {
    let from = 0;
    for (const [row, column] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      for (let image = 0; image < batch; image++) {
        for (let y = row; y < height; y += 2) {
          for (let x = column; x < width; x += 2) {
            const to = ((image * height + y) * width + x) * channels;
            for (let c = 0; c < channels; c++) target[to + c] = source[from++] as number;
          }
        }
      }
    }
  });
}

/** A zero behind each value along height and width: [N,2H,2W,C]. */
function stuffed(dy: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = dy.shape;
  const columns = tf.reshape(tf.concat([dy, tf.zerosLike(dy)], 3), [batch, height, 2 * width * channels]);
  return tf.reshape(tf.concat([columns, tf.zerosLike(columns)], 2), [batch, 2 * height, 2 * width, channels]);
}
