import { checkNumber, invalid } from '@sparnet/core';
import { add, meanAbsoluteError, scaleBy, scope, withoutGradient } from '@sparnet/engine';
import type { FeatureNetwork } from '@sparnet/features';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * The perceptual loss: sum over the taps of a feature network of weight * mean |f(output) - f(target)|. With
 * `vgg19Network` and weights of 1 it is that of SPARNetHD.
 *
 * @param output - [N,H,W,3], RGB in [-1, 1].
 * @param target - The same shape and range; a constant.
 * @param options.network - `vgg19Network(...)`, or any `featureNetwork` of `@sparnet/features`.
 * @param options.layerWeights - One a tap, in the network's order; default: 1 each.
 * @returns A scalar; differentiable by `output`, through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for unequal shapes, or weights that are no finite number a tap.
 */
export function perceptualLoss(
  output: tf.Tensor4D,
  target: tf.Tensor4D,
  { network, layerWeights }: { network: FeatureNetwork; layerWeights?: readonly number[] },
): tf.Scalar {
  if (output.shape.join() !== target.shape.join())
    throw invalid('target', `the shape of the output, [${output.shape.join(', ')}],`, target.shape);
  const { taps } = network;
  const weights = layerWeights ?? taps.map(() => 1);
  if (weights.length !== taps.length)
    throw invalid('layerWeights', `${taps.length} numbers, for ${taps.join(', ')},`, weights);
  for (const weight of weights) checkNumber('layerWeights', weight);
  return scope(() => {
    const wanted = network.forward(withoutGradient(target));
    const found = network.forward(output);
    const terms = taps.map((tap, index) => {
      const difference = meanAbsoluteError(found[tap] as tf.Tensor4D, wanted[tap] as tf.Tensor4D);
      return scaleBy(difference, weights[index] as number);
    });
    return terms.reduce((a, b) => add(a, b));
  });
}
