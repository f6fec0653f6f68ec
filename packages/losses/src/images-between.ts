import { SparnetError, checkNumber, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Images between real and made ones, where WGAN-GP asks for the critic's slope: share * real + (1 - share) * fake.
 *
 * @param real - [N,H,W,C].
 * @param fake - The same shape.
 * @param shares - A number in [0, 1] an image, drawn by the caller.
 * @returns [N,H,W,C], a constant: no gradient flows into `real` or `fake`.
 * @throws SparnetError `bad-argument` for unequal shapes, or other shares.
 */
export function imagesBetween(real: tf.Tensor4D, fake: tf.Tensor4D, shares: readonly number[]): tf.Tensor4D {
  if (real.shape.join() !== fake.shape.join())
    throw invalid('fake', `the shape of real, [${real.shape.join(', ')}],`, fake.shape);
  const [batch] = real.shape;
  if (shares.length !== batch)
    throw new SparnetError('bad-argument', `expected a share an image, ${batch}, got ${shares.length}`);
  for (const share of shares) checkNumber('share', share, 0, 1);
  const [a, b] = [real.dataSync(), fake.dataSync()];
  const size = a.length / batch;
  const values = Float32Array.from(a, (value, place) => {
    const share = shares[Math.floor(place / size)] as number;
    return share * value + (1 - share) * (b[place] as number);
  });
  return tf.tensor4d(values, real.shape);
}
