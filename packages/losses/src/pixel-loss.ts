import { checkOneOf, invalid } from '@sparnet/core';
import { meanAbsoluteError, meanSquaredError, scaleBy } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';

/** The difference that is penalised: squared (equation 1 of the paper) or absolute (the released code). */
export const pixelLossKinds = ['squared', 'absolute'] as const;
export type PixelLossKind = (typeof pixelLossKinds)[number];

/**
 * How differences become one number: `mean` over all elements (the released code), or `image`, the sum over an image's
 * elements averaged over the batch (equation 1 of the paper: N is the number of images).
 */
export const pixelReductions = ['mean', 'image'] as const;
export type PixelReduction = (typeof pixelReductions)[number];

/**
 * The pixel loss between a network's output and the target.
 *
 * @param output - [N,H,W,C] in [-1, 1].
 * @param target - The same shape and range.
 * @returns A scalar; differentiable by both, through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for unequal shapes or an unknown kind or reduction.
 */
export function pixelLoss(
  output: tf.Tensor4D,
  target: tf.Tensor4D,
  { kind = 'squared', reduction = 'mean' }: { kind?: PixelLossKind; reduction?: PixelReduction } = {},
): tf.Scalar {
  checkOneOf('kind', kind, pixelLossKinds);
  checkOneOf('reduction', reduction, pixelReductions);
  if (output.shape.join() !== target.shape.join())
    throw invalid('target', `the shape of the output, [${output.shape.join(', ')}],`, target.shape);
  const mean = kind === 'squared' ? meanSquaredError(output, target) : meanAbsoluteError(output, target);
  return reduction === 'mean' ? mean : scaleBy(mean, output.size / output.shape[0]);
}
