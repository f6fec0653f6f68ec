import { meanOverAll, scope, withoutGradient } from '@sparnet/engine';
import type { Lpips } from '@sparnet/features';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * LPIPS as a perceptual loss: the distance of each pair, averaged over the batch.
 *
 * @param output - [N,H,W,3], RGB in [-1, 1].
 * @param target - The same shape and range; a constant.
 * @param options.metric - `lpips({ net: 'squeeze', backbone })` of `@sparnet/features`.
 * @returns A scalar; differentiable by `output`, through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for unequal shapes.
 */
export function lpipsLoss(
  output: tf.Tensor4D,
  target: tf.Tensor4D,
  { metric }: { metric: Lpips },
): tf.Scalar {
  return scope(() => meanOverAll(metric.distance(output, withoutGradient(target))));
}
