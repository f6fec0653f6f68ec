import { toFloat32, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';

type Shape = readonly [number, number, number, number];

/** A reference tensor [N,C,H,W] as a tensor of ours, [N,H,W,C]. */
export function tensorOf(tensor: TensorData): tf.Tensor4D {
  const [batch = 1, channels = 1, height = 1, width = 1] = tensor.shape;
  return channelsLast(toFloat32(tensor), [batch, channels, height, width]);
}

/** Values [N,C,H,W] as a tensor of ours, [N,H,W,C]. */
export function channelsLast(
  values: ArrayLike<number>,
  [batch, channels, height, width]: Shape,
): tf.Tensor4D {
  const ours = exchanged(values, batch, channels, height * width);
  return tf.tensor4d(ours, [batch, height, width, channels]);
}

/** Values of ours, of shape [N,H,W,C], in the order of the references: [N,C,H,W]. */
export function channelsFirst(
  values: ArrayLike<number>,
  [batch, height, width, channels]: Shape,
): Float32Array {
  return exchanged(values, batch, height * width, channels);
}

/** A tensor of ours in the order of the references. */
export function referenceOrder(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync() as Float32Array;
  return tensor.rank === 4 ? channelsFirst(values, tensor.shape as [number, number, number, number]) : values;
}

/** [batch, rows, columns] with rows and columns exchanged. */
function exchanged(values: ArrayLike<number>, batch: number, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  let next = 0;
  for (let n = 0; n < batch; n++) {
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        result[next++] = values[(n * rows + row) * columns + column] as number;
      }
    }
  }
  return result;
}
