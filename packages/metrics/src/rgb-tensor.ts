import { imageToFloats, toRgb, type Image } from '@sparnet/image';
import type * as tf from '@tensorflow/tfjs-core';

/** The image as a network takes it: [1, H, W, 3], RGB in [-1, 1]; grey is repeated. */
export function rgbTensor({ tensor4d }: Pick<typeof tf, 'tensor4d'>, image: Image): tf.Tensor4D {
  return tensor4d(imageToFloats(toRgb(image)), [1, image.height, image.width, 3]);
}
