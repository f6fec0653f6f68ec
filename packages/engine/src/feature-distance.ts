import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkChannels } from './check-channels.ts';
import { runOne, type Operation } from './operation.ts';
import { spatialMean } from './spatial-mean.ts';
import { onWasm, writeOnHeap } from './wasm-heap.ts';

/** Added to a pixel's sum of squares before the root: the value of LPIPS v0.1. */
const epsilon = 1e-8;

const operation: Operation<object> = {
  name: 'SparnetFeatureDistance',
  inputNames: ['a', 'b', 'weights'],
  keepsInputs: [0, 1, 2],
  keepsOutputs: [],
  forward([a, b, weights]) {
    const given = [a, b, weights] as Inputs;
    return [onWasm() ? distanceOnHeap(given) : distance(given)];
  },
  backward({ gradients, inputs, needs }) {
    const dy = gradients[0] as tf.Tensor1D;
    const [a, b, weights] = inputs as unknown as Inputs;
    const gradient = onWasm() ? gradientOnHeap : gradientOfFirst;
    return [
      needs[0] ? gradient([a, b, weights], dy) : undefined,
      needs[1] ? gradient([b, a, weights], dy) : undefined,
      needs[2] ? weightsGradient([a, b, weights], dy) : undefined,
    ];
  },
};
type Inputs = [a: tf.Tensor4D, b: tf.Tensor4D, weights: tf.Tensor1D];

/**
 * How far apart two images' features are, as LPIPS measures it: each pixel's vector of channels is divided by
 * sqrt(its sum of squares + 1e-8); the squared differences, times `weights`, are summed over the channels and averaged
 * over the pixels.
 *
 * @param a - [N,H,W,C], as is `b`.
 * @param weights - [C].
 * @returns [N].
 * @throws SparnetError `bad-argument` when the shapes don't fit together.
 */
export function featureDistance(a: tf.Tensor4D, b: tf.Tensor4D, weights: tf.Tensor1D): tf.Tensor1D {
  if (!tf.util.arraysEqual(a.shape, b.shape)) throw invalid('b', `shape [${a.shape.join(', ')}]`, b.shape);
  checkChannels(a.shape[3], { weights });
  return runOne(operation, [a, b, weights], {});
}

function distance([a, b, weights]: Inputs): tf.Tensor1D {
  const squares = tf.square(tf.sub(unit(a), unit(b)));
  return tf.reshape(spatialMean(tf.sum(tf.mul(squares, weights), 3, true)), [a.shape[0]]);
}

/** One over the length of each pixel's vector, [N,H,W,1]. */
function inverseLength(x: tf.Tensor4D): tf.Tensor4D {
  return tf.rsqrt(tf.add(tf.sum(tf.square(x), 3, true), epsilon));
}

function unit(x: tf.Tensor4D): tf.Tensor4D {
  return tf.mul(x, inverseLength(x));
}

function gradientOfFirst([a, b, weights]: Inputs, dy: tf.Tensor1D): tf.Tensor4D {
  const [batch, height, width] = a.shape;
  const inverse = inverseLength(a);
  const u = tf.mul(a, inverse);
  const each = tf.mul(tf.reshape(dy, [batch, 1, 1, 1]), 2 / (height * width));
  const toUnit = tf.mul(tf.mul(tf.sub(u, unit(b)), weights), each);
  // A vector of length one moves only across itself.
  return tf.mul(inverse, tf.sub(toUnit, tf.mul(u, tf.sum(tf.mul(toUnit, u), 3, true))));
}

function weightsGradient([a, b]: Inputs, dy: tf.Tensor1D): tf.Tensor1D {
  const means = spatialMean(tf.square(tf.sub(unit(a), unit(b))));
  return tf.sum(tf.mul(tf.squeeze<tf.Tensor2D>(means, [1, 2]), tf.reshape(dy, [-1, 1])), 0);
}

function distanceOnHeap(given: Inputs): tf.Tensor1D {
  const [batch, height, width, channels] = given[0].shape;
  const pixels = height * width;
  return writeOnHeap(flat(given), [batch], (target, source) => {
    const size = batch * pixels * channels;
    for (let image = 0; image < batch; image++) {
      let sum = 0;
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = (image * pixels + pixel) * channels;
        const ofA = inverseLengthAt(source, from, channels);
        const ofB = inverseLengthAt(source, size + from, channels);
        for (let c = 0; c < channels; c++) {
          const gap = (source[from + c] as number) * ofA - (source[size + from + c] as number) * ofB;
          sum += (source[2 * size + c] as number) * gap * gap;
        }
      }
      target[image] = sum / pixels;
    }
  });
}

function gradientOnHeap(given: Inputs, dy: tf.Tensor1D): tf.Tensor4D {
  const { shape, size } = given[0];
  const [batch, height, width, channels] = shape;
  const pixels = height * width;
  return writeOnHeap(flat([...given, dy]), shape, (target, source) => {
    for (let image = 0; image < batch; image++) {
      const each = (2 * (source[2 * size + channels + image] as number)) / pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = (image * pixels + pixel) * channels;
        const ofA = inverseLengthAt(source, from, channels);
        const ofB = inverseLengthAt(source, size + from, channels);
        let along = 0;
        for (let c = 0; c < channels; c++) {
          const u = (source[from + c] as number) * ofA;
          const gap = u - (source[size + from + c] as number) * ofB;
          const toUnit = (source[2 * size + c] as number) * gap * each;
          target[from + c] = toUnit;
          along += toUnit * u;
        }
        for (let c = 0; c < channels; c++) {
          const u = (source[from + c] as number) * ofA;
          target[from + c] = ofA * ((target[from + c] as number) - u * along);
        }
      }
    }
  });
}

/** All values one after another: a plain loop reads one tensor. */
function flat(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.concat(tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size])));
}

function inverseLengthAt(source: Float32Array, from: number, channels: number): number {
  let sum = epsilon;
  for (let c = 0; c < channels; c++) {
    const value = source[from + c] as number;
    sum += value * value;
  }
  return 1 / Math.sqrt(sum);
}
