import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';
import { scaleShift } from './scale-shift.ts';

interface Attributes {
  scale: readonly number[];
  shift: readonly number[];
}

const operation: Operation<Attributes> = {
  name: 'SparnetNormaliseChannels',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x], { scale, shift }) => [
    scaleShift(x as tf.Tensor4D, tf.tensor1d([...scale]), tf.tensor1d([...shift])),
  ],
  backward: ({ gradients: [dy], attributes: { scale } }) => [
    scaleShift(dy as tf.Tensor4D, tf.tensor1d([...scale])),
  ],
};

/**
 * (x - mean) / deviation with a fixed mean and deviation a channel, for `x` [N,H,W,C].
 *
 * @throws SparnetError `bad-argument` when there is not one of each a channel.
 */
export function normaliseChannels(
  x: tf.Tensor4D,
  { mean, deviation }: { mean: readonly number[]; deviation: readonly number[] },
): tf.Tensor4D {
  const channels = x.shape[3];
  if (mean.length !== channels) throw invalid('mean', `${channels} numbers, one a channel`, [...mean]);
  if (deviation.length !== channels)
    throw invalid('deviation', `${channels} numbers, one a channel`, [...deviation]);
  const scale = deviation.map((value) => 1 / value);
  const shift = mean.map((value, channel) => -value * (scale[channel] as number));
  return runOne(operation, [x], { scale, shift });
}
