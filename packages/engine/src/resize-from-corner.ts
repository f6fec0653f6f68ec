import { checkInteger } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

interface Attributes {
  height: number;
  width: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetResizeFromCorner',
  inputNames: ['x'],
  keepsInputs: [0],
  keepsOutputs: [],
  forward: ([x], { height, width }) => [
    tf.image.resizeBilinear(x as tf.Tensor4D, [height, width], false, false),
  ],
  // By the kernel of tfjs' own gradient, which every engine has; of `images` it reads the shape alone.
  backward({ gradients: [dy], inputs: [images] }) {
    const given = { alignCorners: false } as unknown as tf.NamedAttrMap;
    const inputs = { dy: dy as tf.Tensor, images: images as tf.Tensor };
    const result: unknown = tf.engine().runKernel('ResizeBilinearGrad', inputs, given);
    // The plain JavaScript engine gives height and width in each other's place: of the shape, not of the values.
    return [tf.reshape(result as tf.Tensor4D, (images as tf.Tensor4D).shape)];
  },
};

/**
 * Resize `x` [N,H,W,C] bilinearly by the rule of old TensorFlow models: output pixel i takes from place i * (input side /
 * output side), so that the first pixels lie upon each other and not the centres of the images. For networks trained so;
 * `resample` else.
 *
 * @throws SparnetError `bad-argument` for sides that are no positive integers.
 */
export function resizeFromCorner(x: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D {
  checkInteger('height', height, 1);
  checkInteger('width', width, 1);
  return runOne(operation, [x], { height, width });
}
