import * as tf from '@tensorflow/tfjs-core';
import { checkChannels } from './check-channels.ts';
import { runOne, type Operation } from './operation.ts';
import { scaleShift } from './scale-shift.ts';
import { channelMean } from './spatial-mean.ts';

const operation: Operation<object> = {
  name: 'SparnetPrelu',
  inputNames: ['x', 'alpha'],
  keepsInputs: [0, 1],
  keepsOutputs: [],
  forward: ([x, alpha]) => [tf.prelu(x as tf.Tensor, alpha as tf.Tensor)],
  backward({ gradients, inputs, needs }) {
    const dy = gradients[0] as tf.Tensor4D;
    const [x, alpha] = inputs as [tf.Tensor4D, tf.Tensor1D];
    const slopes = (): tf.Tensor4D => scaleShift(tf.step(x), tf.sub(1, alpha), alpha);
    const negative = (): tf.Tensor4D => tf.sub(x, tf.relu(x));
    return [
      needs[0] ? tf.mul(dy, slopes()) : undefined,
      needs[1] ? tf.mul(channelMean(tf.mul(dy, negative())), dy.size / alpha.size) : undefined,
    ];
  },
};

/**
 * x where positive, else `alpha * x`, with a slope a channel: `x` [N,H,W,C], `alpha` [C].
 *
 * @throws SparnetError `bad-argument` when `alpha` has another length.
 */
export function prelu(x: tf.Tensor4D, alpha: tf.Tensor1D): tf.Tensor4D {
  checkChannels(x.shape[3], { alpha });
  return runOne(operation, [x, alpha], {});
}
