import { checkNumber } from '@sparnet/core';
import { addNumber, directionalDerivative, meanOverAll, scaleBy, scope, sweep } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient penalty of WGAN-GP (arXiv 1704.00028), weight * mean_n (|d sum(scores) / dx_n| - 1)^2, for images `x` between
 * real and made ones (`imagesBetween`).
 *
 * Its gradient is exact, of second order, with no finite differences: with g = d sum(scores) / dx and v = d penalty / dg held
 * constant, the gradient of the penalty by anything is that of <v, g>, the derivative of the scores along v, which the
 * engine's operations compute and differentiate once more. Where g is 0 the penalty's gradient is taken as 0.
 *
 * @param critic - The scores of images: of any shape, in the engine's operations. Changes of buffers that it asks for are
 *   dropped. It is called twice.
 * @param x - [N,H,W,C].
 * @param options.weight - Lambda.
 * @returns A scalar; differentiable by the critic's weights and by `x`, through a sweep and through `tf.grads`.
 * @throws SparnetError `unsupported` when the critic has operations that `directionalDerivative` has no rule for;
 *   `bad-argument` when the scores don't depend on `x`.
 */
export function gradientPenalty(
  critic: (x: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  { weight = 10 }: { weight?: number } = {},
): tf.Scalar {
  checkNumber('weight', weight, 0);
  return scope(() => {
    const { value, slope } = penaltyOf(gradientOfScores(critic, x), x.shape[0], weight);
    const direction = tf.tensor4d(slope, x.shape);
    const along = total(directionalDerivative(critic, x, direction));
    return addNumber(along, value - (along.dataSync()[0] as number));
  });
}

function gradientOfScores(critic: (x: tf.Tensor4D) => tf.Tensor4D, x: tf.Tensor4D): Float32Array {
  const { loss, gradients, updates } = sweep(() => total(critic(x)), [x]);
  const values = (gradients[0] as tf.Tensor).dataSync<'float32'>();
  tf.dispose([loss, gradients, updates.map(({ value }) => value)]);
  return values;
}

/** The penalty, and its gradient by the gradient; in double precision. */
function penaltyOf(
  gradient: Float32Array,
  batch: number,
  weight: number,
): { value: number; slope: Float32Array } {
  const size = gradient.length / batch;
  const slope = new Float32Array(gradient.length);
  let value = 0;
  for (let image = 0; image < batch; image++) {
    const from = image * size;
    const own = gradient.subarray(from, from + size);
    const length = Math.sqrt(own.reduce((sum, each) => sum + each * each, 0));
    value += (weight / batch) * (length - 1) ** 2;
    const factor = length === 0 ? 0 : ((2 * weight) / batch) * (1 - 1 / length);
    slope.set(
      own.map((each) => factor * each),
      from,
    );
  }
  return { value, slope };
}

function total(scores: tf.Tensor): tf.Scalar {
  return scaleBy(meanOverAll(scores), scores.size);
}
