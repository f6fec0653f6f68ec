import * as tf from '@tensorflow/tfjs-core';
import { nativeConstant } from './native-constant.ts';
import { runNative, type NativeConstant } from './native.ts';

/** From so many pixels on, picking pixels is faster than picking rows of columns: one copy instead of two. */
const manyPixels = 64 * 64;

/** Which rows or columns to take of so many. */
export interface Choice {
  /** What it is, such as `reflected by 1`. */
  name: string;
  placesOf(length: number): readonly number[];
}

/**
 * Some rows and columns of `x` [N,H,W,C], in the order of the choice, on native TensorFlow. Padding comes faster so than
 * by its MirrorPad, which goes value by value: a gather copies whole pixels.
 */
export function pickedNatively(x: tf.Tensor4D, choice: Choice): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (height * width < manyPixels) {
    const columns = picked(x, placesOfAxis(choice, width), 2);
    return picked(columns, placesOfAxis(choice, height), 1) as tf.Tensor4D;
  }
  const places = nativeConstant(`${choice.name} of ${batch}x${height}x${width}`, () =>
    listed(placesOfImages(choice, [batch, height, width])),
  );
  const all = picked(tf.reshape(x, [batch * height * width, channels]), places, 0);
  const [rows, columns] = [height, width].map((length) => choice.placesOf(length).length);
  return tf.reshape(all, [batch, rows as number, columns as number, channels]);
}

function placesOfAxis({ name, placesOf }: Choice, length: number): NativeConstant {
  return nativeConstant(`${name} of ${length}`, () => listed(Int32Array.from(placesOf(length))));
}

function listed(values: Int32Array): { shape: number[]; values: Int32Array } {
  return { shape: [values.length], values };
}

function placesOfImages({ placesOf }: Choice, [batch, height, width]: [number, number, number]): Int32Array {
  const [rows, columns] = [placesOf(height), placesOf(width)];
  const places = new Int32Array(batch * rows.length * columns.length);
  let next = 0;
  for (let image = 0; image < batch; image++) {
    for (const row of rows) {
      const line = (image * height + row) * width;
      for (const column of columns) places[next++] = line + column;
    }
  }
  return places;
}

/** Some places of an axis. (`tf.gather` reads them back at every call.) */
function picked(x: tf.Tensor, places: NativeConstant, axis: number): tf.Tensor {
  const axisInput = nativeConstant(`axis ${axis}`, () => ({ shape: [], values: Int32Array.of(axis) }));
  const inputs = [x, places, axisInput];
  const types = { Tparams: 'float32', Tindices: 'int32', Taxis: 'int32' };
  return runNative('GatherV2', inputs, types, 1)[0] as tf.Tensor;
}
