import { checkInteger, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { blockSlice } from './block-slice.ts';
import { nativeSides } from './native-sides.ts';
import { onNative, runNative } from './native.ts';
import { pickedNatively } from './pick-natively.ts';
import { runOne, type Operation } from './operation.ts';
import { onWasm, writeOnHeap } from './wasm-heap.ts';

interface Attributes {
  size: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetReflectPad',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x], { size }) => [padded(x as tf.Tensor4D, size)],
  backward: ({ gradients: [dy], attributes: { size } }) => [padAdjoint(dy as tf.Tensor4D, size)],
};

/**
 * Pad `x` [N,H,W,C] by `size` on each side of height and width by reflection; the edge itself is not repeated
 * (PyTorch's `ReflectionPad2d`). Its gradient is the exact adjoint, which that of `tf.mirrorPad` is not.
 *
 * @throws SparnetError `bad-argument` when a side is not larger than `size`, or `size` is no integer of at least 0.
 */
export function reflectPad(x: tf.Tensor4D, size: number): tf.Tensor4D {
  checkInteger('size', size);
  checkReflectable(x.shape, size);
  return runOne(operation, [x], { size });
}

/** @throws SparnetError `bad-argument` when height or width of `shape` [N,H,W,C] is not larger than `size`. */
export function checkReflectable([, height, width]: readonly number[], size: number): void {
  if (Math.min(height as number, width as number) > size) return;
  throw invalid('x', `height and width of at least ${size + 1} (reflection padding by ${size})`, [
    height,
    width,
  ]);
}

/** The plain padding, without a gradient. */
export function padded(x: tf.Tensor4D, size: number): tf.Tensor4D {
  if (size === 0) return x.clone();
  if (onNative()) {
    return pickedNatively(x, { name: `reflected by ${size}`, placesOf: (length) => targets(length, size) });
  }
  const sides: [number, number] = [size, size];
  return tf.mirrorPad(x, [[0, 0], sides, sides, [0, 0]], 'reflect');
}

/** The adjoint of {@link padded}: each border value is added to the place it was reflected from. */
export function padAdjoint(dy: tf.Tensor4D, size: number): tf.Tensor4D {
  if (size === 0) return dy.clone();
  if (onWasm()) return foldOnHeap(dy, size);
  if (onNative()) return foldNatively(dy, size);
  return fold(fold(dy, 1, size), 2, size);
}

function foldNatively(dy: tf.Tensor4D, size: number): tf.Tensor4D {
  const sides = nativeSides(size);
  const attributes = { T: 'float32', Tpaddings: 'int32', mode: 'REFLECT' };
  return runNative('MirrorPadGrad', [dy, sides], attributes, 1)[0] as tf.Tensor4D;
}

/** In one pass over the heap: four times faster than slices, sums and concatenations. */
function foldOnHeap(dy: tf.Tensor4D, size: number): tf.Tensor4D {
  const [batch, paddedHeight, paddedWidth, channels] = dy.shape;
  const height = paddedHeight - 2 * size;
  const width = paddedWidth - 2 * size;
  const rows = targets(height, size);
  const columns = targets(width, size);
  const row = width * channels;
  return writeOnHeap(dy, [batch, height, width, channels], (target, source) => {
    // Rows of the image itself first: they are copied, reflected ones are added.
    const own = Array.from({ length: height }, (_, place) => place + size);
    const reflected = [...rows.keys()].filter((from) => from < size || from >= size + height);
    for (let image = 0; image < batch; image++) {
      for (const [index, from] of [...own, ...reflected].entries()) {
        const line = image * height + (rows[from] as number);
        const start = (image * paddedHeight + from) * paddedWidth * channels;
        const middle = start + size * channels;
        if (index < height) target.set(source.subarray(middle, middle + row), line * row);
        else addTo(target, line * row, source, middle, row);
        for (let column = 0; column < paddedWidth; column++) {
          if (column >= size && column < size + width) continue;
          const place = line * row + (columns[column] as number) * channels;
          addTo(target, place, source, start + column * channels, channels);
        }
      }
    }
  });
}

function addTo(target: Float32Array, at: number, source: Float32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) (target[at + i] as number) += source[from + i] as number;
}

/** For each place of a padded axis the place its value was copied from. */
function targets(length: number, size: number): number[] {
  return Array.from({ length: length + 2 * size }, (_, from) => {
    const place = Math.abs(from - size);
    return place < length ? place : 2 * (length - 1) - place;
  });
}

function fold(dy: tf.Tensor4D, axis: 1 | 2, size: number): tf.Tensor4D {
  const length = dy.shape[axis] - 2 * size;
  const places = targets(length, size);
  const parts: tf.Tensor4D[] = [];
  let plain = 0; // places up to here that take only their own value wait to be copied in one piece
  for (let place = 0; place <= length; place++) {
    const sources = [...places.keys()].filter((from) => places[from] === place);
    if (sources.length === 1) continue;
    if (place > plain) parts.push(blockSlice(dy, axis, plain + size, place - plain));
    if (sources.length > 1) parts.push(tf.addN(sources.map((from) => blockSlice(dy, axis, from, 1))));
    plain = place + 1;
  }
  return parts.length === 1 ? (parts[0] as tf.Tensor4D) : tf.concat(parts, axis);
}
