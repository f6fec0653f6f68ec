import * as tf from '@tensorflow/tfjs-core';
import { nativeConstant } from './native-constant.ts';

/** Padding by `size` of height and width of [N,H,W,C], as kernels of native TensorFlow take it. */
export function nativeSides(size: number): tf.Tensor2D {
  return nativeConstant(`sides of ${size}`, () =>
    tf.tensor2d([0, 0, size, size, size, size, 0, 0], [4, 2], 'int32'),
  );
}
