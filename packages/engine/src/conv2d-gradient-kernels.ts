import * as tf from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];

/** The engine's own kernel for the gradient of a convolution without padding by its filter, of `shape` [K,K,C,D]. */
export function filterGradientKernel(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  shape: Shape4D,
  stride: 1 | 2,
): tf.Tensor4D {
  return runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes(stride), filterShape: shape });
}

/** The engine's own kernel for its gradient by its input, of `shape` [N,H,W,C]. */
export function inputGradientKernel(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  shape: Shape4D,
  stride: 1 | 2,
): tf.Tensor4D {
  return runKernel('Conv2DBackpropInput', { dy, filter }, { ...attributes(stride), inputShape: shape });
}

function attributes(stride: number) {
  return { strides: [stride, stride], pad: 'valid', dataFormat: 'NHWC', dimRoundingMode: undefined };
}

function runKernel(name: string, inputs: tf.NamedTensorMap, given: object): tf.Tensor4D {
  const result: unknown = tf.engine().runKernel(name, inputs, given as tf.NamedAttrMap);
  return result as tf.Tensor4D;
}
