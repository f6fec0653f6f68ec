import { SparnetError } from '@sparnet/core';
import { add, meanAbsoluteError, scope, withoutGradient } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { checkScales, overScales, type ScaleReduction } from './scale-reduction.ts';

/**
 * How far the discriminators' features of made images are from those of the real ones: the mean absolute difference of each
 * layer, summed over the layers.
 *
 * `released`: the sum over the K scales divided by K. `paper`, equation 10: the sum, K times as much.
 *
 * @param real - The features [N,H,W,C] of each layer of each scale; constants, whatever they were computed from.
 * @param fake - The same numbers and shapes.
 * @returns A scalar; differentiable by `fake`, through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for no or unequal numbers of scales or layers, unequal shapes, or an unknown reduction.
 */
export function featureMatchingLoss(
  real: readonly (readonly tf.Tensor4D[])[],
  fake: readonly (readonly tf.Tensor4D[])[],
  { reduction = 'released' }: { reduction?: ScaleReduction } = {},
): tf.Scalar {
  checkScales(real, fake);
  return scope(() =>
    overScales(
      fake.map((layers, scale) => ofScale(real[scale] as readonly tf.Tensor4D[], layers, scale)),
      reduction,
    ),
  );
}

function ofScale(real: readonly tf.Tensor4D[], fake: readonly tf.Tensor4D[], scale: number): tf.Scalar {
  if (real.length !== fake.length || real.length === 0) {
    throw new SparnetError(
      'bad-argument',
      `expected real and fake features of as many layers, one at least, got ${real.length} and ${fake.length} in scale ${scale}`,
    );
  }
  return fake
    .map((features, layer) => meanAbsoluteError(features, withoutGradient(real[layer] as tf.Tensor4D)))
    .reduce((a, b) => add(a, b));
}
