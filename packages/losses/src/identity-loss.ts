import { invalid } from '@sparnet/core';
import { featureDistance, meanOverAll, scope, withoutGradient } from '@sparnet/engine';
import type { FaceRecognition } from '@sparnet/features';
import * as tf from '@tensorflow/tfjs-core';

/**
 * How unlike the faces are to a recognition network: 1 - cosine of the two descriptors of each pair, averaged over the
 * batch. 0 for equal images, 2 at most. It is 1 minus the mean cosine that `@sparnet/metrics/faces` reports, on images
 * that were not rounded to 8 bits.
 *
 * @param output - [N,S,S,3], RGB in [-1, 1], of faces that fill the image.
 * @param target - The same shape and range; a constant.
 * @param options.network - `faceRecognition(await faceRecognitionWeights())` of `@sparnet/features`.
 * @returns A scalar; differentiable by `output`, through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for unequal shapes, or images that are not square.
 */
export function identityLoss(
  output: tf.Tensor4D,
  target: tf.Tensor4D,
  { network }: { network: FaceRecognition },
): tf.Scalar {
  if (output.shape.join() !== target.shape.join())
    throw invalid('target', `the shape of the output, [${output.shape.join(', ')}],`, target.shape);
  return scope(() => {
    const wanted = network.descriptors(withoutGradient(target));
    const found = network.descriptors(output);
    // Half the squared distance of vectors of length one is 1 - cosine.
    const half = tf.tensor1d(new Float32Array(found.shape[3]).fill(0.5));
    return meanOverAll(featureDistance(found, wanted, half));
  });
}
