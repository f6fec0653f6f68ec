import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { currentValue, recordUpdate } from './buffer-update.ts';
import { checkChannels } from './check-channels.ts';
import { onNative } from './native.ts';
import { normGradientsNatively, normalisedNatively } from './norm-on-native.ts';
import { run, runOne, type Operation } from './operation.ts';
import { scaleShift } from './scale-shift.ts';
import { channelMean } from './spatial-mean.ts';

interface Attributes {
  epsilon: number;
}

/** The running statistics of a batch norm, as PyTorch keeps them. */
export interface RunningStatistics {
  /** [C]. */
  mean: tf.Variable<tf.Rank.R1>;
  /** [C]. */
  variance: tf.Variable<tf.Rank.R1>;
  /** A scalar. */
  batches: tf.Variable;
  /** How far a batch moves them, from 0 to 1. */
  momentum: number;
}

const training: Operation<Attributes & { momentum: number }> = {
  name: 'SparnetBatchNormTraining',
  inputNames: ['x', 'gamma', 'beta', 'runningMean', 'runningVariance'],
  keepsInputs: [0, 1],
  keepsOutputs: [1, 2],
  forward([input, gamma, beta, runningMean, runningVariance], { epsilon, momentum }) {
    const x = input as tf.Tensor4D;
    const running = runningMean && {
      mean: runningMean as tf.Tensor1D,
      variance: runningVariance as tf.Tensor1D,
    };
    if (onNative()) {
      const found = normalisedNatively(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
        epsilon,
        ...(running && { running, momentum }),
      });
      const { y, mean, variance, moved } = found;
      return [y, mean, variance, ...(running ? [moved.mean, moved.variance] : [])];
    }
    const mean = channelMean(x);
    const centred = scaleShift(x, tf.onesLike(mean), tf.neg(mean));
    const variance = channelMean(tf.mul(centred, centred));
    const scale = tf.mul<tf.Tensor1D>(gamma as tf.Tensor1D, tf.rsqrt(tf.add(variance, epsilon)));
    const y = scaleShift(centred, scale, beta as tf.Tensor1D);
    if (!running) return [y, mean, variance];
    const count = x.size / x.shape[3];
    const moved = (old: tf.Tensor1D, value: tf.Tensor1D, factor: number): tf.Tensor =>
      tf.add(tf.mul(old, 1 - momentum), tf.mul(value, momentum * factor));
    return [
      y,
      mean,
      variance,
      moved(running.mean, mean, 1),
      moved(running.variance, variance, count / (count - 1)),
    ];
  },
  backward({ gradients: [dy], inputs, outputs, attributes: { epsilon }, needs }) {
    if (!dy) return []; // a loss of the statistics alone
    const [x, gamma] = inputs as [tf.Tensor4D, tf.Tensor1D];
    const [mean, variance] = outputs as [tf.Tensor1D, tf.Tensor1D];
    if (onNative()) return normGradientsNatively(dy as tf.Tensor4D, x, gamma, { mean, variance }, epsilon);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const centred = scaleShift(x, tf.onesLike(mean), tf.neg(mean));
    const meanDy = channelMean(dy as tf.Tensor4D);
    const meanProduct = channelMean(tf.mul(dy, centred));
    const count = dy.size / gamma.size;
    // dx = gamma / sigma (dy - mean(dy) - centred mean(dy centred) / sigma^2)
    const scale = tf.mul<tf.Tensor1D>(gamma, inverse);
    const pull = tf.mul<tf.Tensor1D>(tf.neg(tf.mul(scale, tf.square(inverse))), meanProduct);
    const dx = (): tf.Tensor =>
      tf.add(scaleShift(dy as tf.Tensor4D, scale), scaleShift(centred, pull, tf.neg(tf.mul(scale, meanDy))));
    return [
      needs[0] ? dx() : undefined,
      needs[1] ? tf.mul(tf.mul(meanProduct, inverse), count) : undefined,
      needs[2] ? tf.mul(meanDy, count) : undefined,
    ];
  },
};

const inference: Operation<Attributes> = {
  name: 'SparnetBatchNormInference',
  inputNames: ['x', 'gamma', 'beta', 'mean', 'variance'],
  keepsInputs: [0, 1, 3, 4],
  keepsOutputs: [],
  forward([x, gamma, beta, mean, variance], { epsilon }) {
    const scale = tf.mul<tf.Tensor1D>(gamma as tf.Tensor1D, tf.rsqrt(tf.add(variance as tf.Tensor, epsilon)));
    const shift = tf.sub<tf.Tensor1D>(beta as tf.Tensor1D, tf.mul(mean as tf.Tensor1D, scale));
    return [scaleShift(x as tf.Tensor4D, scale, shift)];
  },
  backward({ gradients, inputs, attributes: { epsilon }, needs }) {
    const dy = gradients[0] as tf.Tensor4D;
    const [x, gamma, mean, variance] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const inverse = tf.rsqrt(tf.add<tf.Tensor1D>(variance, epsilon));
    const count = dy.size / gamma.size;
    const normalised = (): tf.Tensor4D => scaleShift(x, inverse, tf.neg(tf.mul(mean, inverse)));
    const scale = (): tf.Tensor1D => tf.mul(gamma, inverse);
    const sumDy = (): tf.Tensor1D => tf.mul(channelMean(dy), count);
    const sumProduct = (): tf.Tensor1D => tf.mul(channelMean(tf.mul(dy, normalised())), count);
    return [
      needs[0] ? scaleShift(dy, scale()) : undefined,
      needs[1] ? sumProduct() : undefined,
      needs[2] ? sumDy() : undefined,
      needs[3] ? tf.neg(tf.mul(sumDy(), scale())) : undefined,
      // The derivative of (variance + epsilon)^-1/2 is -1/2 of its cube.
      needs[4] ? tf.mul(tf.mul(sumProduct(), tf.mul(scale(), inverse)), -0.5) : undefined,
    ];
  },
};

/**
 * Batch normalisation by the batch's own statistics, as in training.
 *
 * @param x - [N,H,W,C] with at least two values a channel.
 * @param gamma - [C].
 * @param beta - [C].
 * @param options.running - Moved towards the batch's statistics as PyTorch does, new = (1 - momentum) old + momentum
 *   batch, with the unbiased variance, and the counter plus one: at once, or, inside a `sweep`, by its caller.
 * @returns `y`, and the batch's mean and biased variance [C]: a loss that uses them gets no gradient through them.
 * @throws SparnetError `bad-argument` when a channel has one value only, or a vector another length.
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { epsilon = 1e-5, running }: { epsilon?: number; running?: RunningStatistics | undefined } = {},
): { y: tf.Tensor4D; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  checkChannels(x.shape[3], {
    gamma,
    beta,
    ...(running && { mean: running.mean, variance: running.variance }),
  });
  if (x.size / x.shape[3] < 2)
    throw invalid('x', 'more than one value a channel (batch norm in training)', x.shape);
  return tf.tidy(() => {
    const before = running ? [currentValue(running.mean), currentValue(running.variance)] : [];
    const attributes = { epsilon, momentum: running?.momentum ?? 0 };
    const [y, mean, variance, nextMean, nextVariance] = run(
      training,
      [x, gamma, beta, ...before],
      attributes,
    );
    if (running) {
      recordUpdate(running.mean, () => nextMean as tf.Tensor);
      recordUpdate(running.variance, () => nextVariance as tf.Tensor);
      recordUpdate(running.batches, (old) => tf.add(old, 1));
    }
    return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
  });
}

/**
 * Batch normalisation by given statistics, as in inference. Differentiable by all five tensors.
 *
 * @param x - [N,H,W,C].
 * @param gamma - [C], as are `beta`, `mean` and `variance`.
 * @throws SparnetError `bad-argument` when a vector has another length.
 */
export function batchNormInference(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  { epsilon = 1e-5 }: { epsilon?: number } = {},
): tf.Tensor4D {
  checkChannels(x.shape[3], { gamma, beta, mean, variance });
  return runOne(inference, [x, gamma, beta, mean, variance], { epsilon });
}
