import * as tf from '@tensorflow/tfjs-core';
import { blockSlice } from './block-slice.ts';
import { nativeSides } from './native-sides.ts';
import { onNative, runNative } from './native.ts';
import { pickedNatively } from './pick-natively.ts';
import { onWasm, writeOnHeap } from './wasm-heap.ts';

const sides: [number, number][] = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
];

/** `x` [N,H,W,C] with its edges repeated, [N,H+2,W+2,C]. */
export function edgePadded(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (onNative()) return pickedNatively(x, { name: 'edges repeated', placesOf: repeated });
  if (!onWasm()) return tf.mirrorPad(x, sides, 'symmetric');
  const row = width * channels;
  const longRow = row + 2 * channels;
  return writeOnHeap(x, [batch, height + 2, width + 2, channels], (target, source) => {
    let to = 0;
    for (let image = 0; image < batch; image++) {
      for (let y = -1; y <= height; y++, to += longRow) {
        const from = (image * height + Math.min(Math.max(y, 0), height - 1)) * row;
        target.set(source.subarray(from, from + channels), to);
        target.set(source.subarray(from, from + row), to + channels);
        target.set(source.subarray(from + row - channels, from + row), to + channels + row);
      }
    }
  });
}

/** The places of an axis, the first and the last twice. */
function repeated(length: number): number[] {
  return Array.from({ length: length + 2 }, (_, place) => Math.min(Math.max(place - 1, 0), length - 1));
}

/** The adjoint of {@link edgePadded}: the border is added to the edges. */
export function edgePadAdjoint(dy: tf.Tensor4D): tf.Tensor4D {
  if (!onNative()) return folded(folded(dy, 1), 2);
  const attributes = { T: 'float32', Tpaddings: 'int32', mode: 'SYMMETRIC' };
  return runNative('MirrorPadGrad', [dy, nativeSides(1)], attributes, 1)[0] as tf.Tensor4D;
}

/** The first and the last place of an axis added to their neighbours. */
function folded(dy: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const length = dy.shape[axis] - 2;
  const sum = (...places: number[]): tf.Tensor4D =>
    tf.addN(places.map((place) => blockSlice(dy, axis, place, 1)));
  if (length === 1) return sum(0, 1, 2);
  if (length === 2) return tf.concat([sum(0, 1), sum(2, 3)], axis);
  return tf.concat([sum(0, 1), blockSlice(dy, axis, 2, length - 2), sum(length, length + 1)], axis);
}
