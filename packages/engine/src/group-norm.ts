import { checkInteger, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkChannels } from './check-channels.ts';
import { onNative } from './native.ts';
import { imageNormGradientsNatively, imagesNormalisedNatively } from './norm-on-native.ts';
import { runOne, type Operation } from './operation.ts';
import { channelMean, spatialMean } from './spatial-mean.ts';

interface Attributes {
  groups: number;
  epsilon: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetGroupNorm',
  inputNames: ['x', 'gamma', 'beta'],
  keepsInputs: [0, 1],
  keepsOutputs: [1, 2],
  forward([input, gamma, beta], { groups, epsilon }) {
    const x = input as tf.Tensor4D;
    if (onNative() && groups === x.shape[3]) {
      const found = imagesNormalisedNatively(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, epsilon);
      return [found.y, found.mean, found.variance];
    }
    const mean = groupMean(spatialMean(x), groups);
    const centred = tf.sub<tf.Tensor4D>(x, mean);
    const variance = groupMean(spatialMean(tf.mul(centred, centred)), groups);
    const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), gamma as tf.Tensor1D);
    const y = tf.add(tf.mul(centred, scale), beta as tf.Tensor1D);
    const asMatrix = (moments: tf.Tensor4D): tf.Tensor => tf.reshape(moments, [x.shape[0], x.shape[3]]);
    return [y, asMatrix(mean), asMatrix(variance)];
  },
  backward({ gradients, inputs, outputs, attributes: { groups, epsilon }, needs }) {
    const dy = gradients[0] as tf.Tensor4D;
    const [x, gamma] = inputs as [tf.Tensor4D, tf.Tensor1D];
    const [mean, variance] = outputs as [tf.Tensor2D, tf.Tensor2D];
    if (onNative() && groups === x.shape[3])
      return imageNormGradientsNatively(dy, x, gamma, { mean, variance }, epsilon);
    const [batch, channels] = mean.shape;
    const spread = (moments: tf.Tensor): tf.Tensor4D => tf.reshape(moments, [batch, 1, 1, channels]);
    const inverse = tf.rsqrt(tf.add<tf.Tensor4D>(spread(variance), epsilon));
    const normalised = tf.mul<tf.Tensor4D>(tf.sub(x, spread(mean)), inverse);
    const product = tf.mul<tf.Tensor4D>(dy, normalised);
    const count = dy.size / gamma.size;
    const dx = (): tf.Tensor => {
      const meanDy = groupMean(tf.mul(spatialMean(dy), gamma), groups);
      const meanProduct = groupMean(tf.mul(spatialMean(product), gamma), groups);
      const inner = tf.sub(tf.sub(tf.mul(dy, gamma), meanDy), tf.mul(normalised, meanProduct));
      return tf.mul(inner, inverse);
    };
    return [
      needs[0] ? dx() : undefined,
      needs[1] ? tf.mul(channelMean(product), count) : undefined,
      needs[2] ? tf.mul(channelMean(dy), count) : undefined,
    ];
  },
};

/**
 * Group normalisation: each image's values in each of `groups` equal groups of channels to mean 0 and variance 1, then
 * `gamma` and `beta` a channel (PyTorch's `GroupNorm`). With as many groups as channels it is instance normalisation.
 *
 * @param x - [N,H,W,C].
 * @param gamma - [C].
 * @param beta - [C].
 * @throws SparnetError `bad-argument` when `groups` does not divide the number of channels, or a vector has another
 *   length.
 */
export function groupNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { groups, epsilon = 1e-5 }: { groups: number; epsilon?: number },
): tf.Tensor4D {
  checkInteger('groups', groups, 1);
  checkChannels(x.shape[3], { gamma, beta });
  if (x.shape[3] % groups !== 0) throw invalid('groups', `a divisor of the ${x.shape[3]} channels`, groups);
  return runOne(operation, [x, gamma, beta], { groups, epsilon });
}

/** The mean of each group of `means` [N,1,1,C], at each of its channels. */
function groupMean(means: tf.Tensor4D, groups: number): tf.Tensor4D {
  const [batch, , , channels] = means.shape;
  if (groups === channels) return means;
  const split = tf.reshape(means, [batch, groups, channels / groups]);
  const spread = tf.add(tf.mean(split, 2, true), tf.zerosLike(split));
  return tf.reshape(spread, [batch, 1, 1, channels]);
}
