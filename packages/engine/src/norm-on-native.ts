import * as tf from '@tensorflow/tfjs-core';
import { nativeConstant } from './native-constant.ts';
import { runNative, type NativeConstant } from './native.ts';

/** Means and variances [C]. */
export interface Moments {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

/**
 * Normalise `x` [N,H,W,C] over batch, height and width by TensorFlow's own kernel, in one pass: `y`, the batch's mean
 * and biased variance, and `running` moved towards them (the unbiased variance) by `momentum`.
 */
export function normalisedNatively(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { epsilon, running, momentum = 1 }: { epsilon: number; running?: Moments | undefined; momentum?: number },
): Moments & { y: tf.Tensor4D; moved: Moments } {
  const old = running ?? { mean: nothing(), variance: nothing() };
  const inputs = [x, gamma, beta, old.mean, old.variance];
  const attributes = { ...common(epsilon), exponential_avg_factor: momentum };
  // On the processor outputs 3 and 4 are mean and biased variance, which the gradient's kernel takes.
  const found = runNative('FusedBatchNormV3', inputs, attributes, 6);
  const [y, movedMean, movedVariance, mean, variance] = found;
  return {
    y: y as tf.Tensor4D,
    mean: mean as tf.Tensor1D,
    variance: variance as tf.Tensor1D,
    moved: { mean: movedMean as tf.Tensor1D, variance: movedVariance as tf.Tensor1D },
  };
}

/** The exact adjoint of {@link normalisedNatively}, for all three of its inputs. */
export function normGradientsNatively(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  { mean, variance }: Moments,
  epsilon: number,
): [dx: tf.Tensor4D, dgamma: tf.Tensor1D, dbeta: tf.Tensor1D] {
  const [dx, dgamma, dbeta] = runNative(
    'FusedBatchNormGradV3',
    [dy, x, gamma, mean, variance, nothing()],
    common(epsilon),
    5,
  );
  return [dx as tf.Tensor4D, dgamma as tf.Tensor1D, dbeta as tf.Tensor1D];
}

/** {@link normalisedNatively} for each image by itself; mean and biased variance are [N,C]. */
export function imagesNormalisedNatively(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): { y: tf.Tensor4D; mean: tf.Tensor2D; variance: tf.Tensor2D } {
  const found = eachImage(x).map((image) => normalisedNatively(image, gamma, beta, { epsilon }));
  return {
    y: joined(found.map(({ y }) => y)),
    mean: tf.stack(found.map(({ mean }) => mean)) as tf.Tensor2D,
    variance: tf.stack(found.map(({ variance }) => variance)) as tf.Tensor2D,
  };
}

/** The exact adjoint of {@link imagesNormalisedNatively}, for all three of its inputs. */
export function imageNormGradientsNatively(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  moments: { mean: tf.Tensor2D; variance: tf.Tensor2D },
  epsilon: number,
): [dx: tf.Tensor4D, dgamma: tf.Tensor1D, dbeta: tf.Tensor1D] {
  const [means, variances] = [tf.unstack(moments.mean), tf.unstack(moments.variance)] as [
    tf.Tensor1D[],
    tf.Tensor1D[],
  ];
  const slopes = eachImage(dy);
  const found = eachImage(x).map((image, index) => {
    const of = { mean: means[index] as tf.Tensor1D, variance: variances[index] as tf.Tensor1D };
    return normGradientsNatively(slopes[index] as tf.Tensor4D, image, gamma, of, epsilon);
  });
  return [
    joined(found.map(([dx]) => dx)),
    tf.addN(found.map(([, dgamma]) => dgamma)),
    tf.addN(found.map(([, , dbeta]) => dbeta)),
  ];
}

function eachImage(x: tf.Tensor4D): tf.Tensor4D[] {
  const [batch, ...size] = x.shape;
  if (batch === 1) return [x];
  return Array.from({ length: batch }, (_, image) => tf.slice(x, [image, 0, 0, 0], [1, ...size]));
}

function joined(images: tf.Tensor4D[]): tf.Tensor4D {
  return images.length === 1 ? (images[0] as tf.Tensor4D) : tf.concat(images, 0);
}

/** In the place of an input that the kernel is not given. */
function nothing(): NativeConstant {
  return nativeConstant('nothing', () => ({ shape: [0], values: new Float32Array() }));
}

function common(epsilon: number) {
  return { T: 'float32', U: 'float32', epsilon, data_format: 'NHWC', is_training: true };
}
