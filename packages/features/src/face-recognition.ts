import { SparnetError, invalid } from '@sparnet/core';
import {
  add,
  concatChannels,
  conv2d,
  maxPool,
  meanOverSpace,
  normaliseChannels,
  padTo,
  relu,
  resample,
  resizeFromCorner,
  scope,
} from '@sparnet/engine';
import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';

/** The residual network of dlib that face-api ships: what it turns faces into is near for one person, far for two. */
export interface FaceRecognition {
  /**
   * The descriptors [N,1,1,128] of faces that fill the images; not normalised. Differentiable by `x`.
   *
   * @param x - [N,S,S,3], RGB in [-1, 1]. Resized to 150 x 150 as face-api does: bilinear, from the corner.
   * @throws SparnetError `bad-argument` for another shape.
   */
  descriptors(x: tf.Tensor4D): tf.Tensor4D;
  /** Free the weights. */
  dispose(): void;
}

/** The side of the images that it was trained on. */
const side = 150;
/** What is subtracted from 0 to 255, before 255 divides. */
const meanRgb = [122.782, 117.001, 104.298];

/** Two convolutions and a shortcut each; those with `down` in their name halve the image. */
const blocks = [
  ...['conv32_1', 'conv32_2', 'conv32_3'],
  ...['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ...['conv128_down', 'conv128_1', 'conv128_2'],
  ...['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
];
const first = 'conv32_down';
const convolutions = [first, ...blocks.flatMap((block) => [`${block}/conv1`, `${block}/conv2`])];

/** A convolution with fixed weights; zeros are put round images that it does not halve. */
interface Convolution {
  filter: tf.Variable<tf.Rank.R4>;
  bias: tf.Variable<tf.Rank.R1>;
  down: boolean;
}

/**
 * The face recognition network of `@vladmandic/face-api`. Its descriptors agree with that package's to float32 accuracy;
 * unlike there they can be differentiated.
 *
 * @param weights - `await faceRecognitionWeights()` of `@sparnet/features/node`: under face-api's names, filters
 *   [height, width, in, out].
 * @returns The network; the caller's to dispose.
 * @throws SparnetError `missing-key` or `bad-state` when the weights are not those of this network.
 */
export function faceRecognition(weights: StateDict): FaceRecognition {
  checkWeights(weights);
  const made = new Map(convolutions.map((name) => [name, convolutionOf(name, weights)]));
  const [inputs = 0, outputs = 0] = (weights['fc'] as TensorData).shape;
  const fc = fixed(() =>
    tf.tensor4d(toFloat32(weights['fc'] as TensorData).slice(), [1, 1, inputs, outputs]),
  );
  return {
    descriptors(x) {
      if (x.rank !== 4 || x.shape[3] !== 3 || x.shape[1] !== x.shape[2])
        throw invalid('x', 'square images, [N, S, S, 3]', x.shape);
      return scope(() => conv2d(meanOverSpace(featuresOf(prepared(x), made)), fc));
    },
    dispose() {
      for (const { filter, bias } of made.values()) tf.dispose([filter, bias]);
      fc.dispose();
    },
  };
}

function prepared(x: tf.Tensor4D): tf.Tensor4D {
  const resized = x.shape[1] === side ? x : resizeFromCorner(x, [side, side]);
  const mean = meanRgb.map((value) => value / 127.5 - 1);
  return normaliseChannels(resized, { mean, deviation: [2, 2, 2] });
}

function featuresOf(x: tf.Tensor4D, made: ReadonlyMap<string, Convolution>): tf.Tensor4D {
  const convolved = (name: string, y: tf.Tensor4D): tf.Tensor4D => convolve(y, made.get(name) as Convolution);
  const start = scope(() => maxPool(relu(convolved(first, x)), { size: 3, stride: 2 }));
  return blocks.reduce<tf.Tensor4D>(
    (y, block) =>
      scope(() => {
        const change = convolved(`${block}/conv2`, relu(convolved(`${block}/conv1`, y)));
        return relu(isDown(block) ? addToHalf(y, change) : add(y, change));
      }),
    start,
  );
}

/** The sum with `x` at half its size. Where the sides or channels of one are fewer, zeros stand in. */
function addToHalf(x: tf.Tensor4D, change: tf.Tensor4D): tf.Tensor4D {
  // By this factor a bilinear pixel is the mean of 2 x 2; an odd last row or column is left out.
  const half = resample(x, { mode: 'bilinear', scaleFactor: 0.5 });
  const [batch, height, width, channels] = half.shape;
  const more = change.shape[3] - channels;
  const wide = more === 0 ? half : concatChannels([half, tf.zeros([batch, height, width, more])]);
  return add(wide, padTo(change, [height, width]));
}

function convolve(x: tf.Tensor4D, { filter, bias, down }: Convolution): tf.Tensor4D {
  return down
    ? conv2d(x, filter, bias, { stride: 2 })
    : conv2d(x, filter, bias, { padding: { mode: 'zero', size: 1 } });
}

function isDown(name: string): boolean {
  return name.includes('down');
}

/** A bias, a factor and a shift follow each filter; they are made part of it, in float64, rounded once. */
function convolutionOf(name: string, weights: StateDict): Convolution {
  const [filter, bias, factor, shift] = partsOf(name).map((key) => toFloat32(weights[key] as TensorData)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const { shape } = weights[partsOf(name)[0] as string] as TensorData;
  const outputs = factor.length;
  return {
    filter: fixed(() =>
      tf.tensor4d(
        filter.map((value, place) => value * (factor[place % outputs] as number)),
        shape as tf.Tensor4D['shape'],
      ),
    ),
    bias: fixed(() =>
      tf.tensor1d(
        bias.map((value, output) => value * (factor[output] as number) + (shift[output] as number)),
      ),
    ),
    down: isDown(name) && !name.endsWith('/conv2'),
  };
}

function partsOf(name: string): string[] {
  return ['conv/filters', 'conv/bias', 'scale/weights', 'scale/biases'].map((part) => `${name}/${part}`);
}

/** Weights that no optimiser sees and no `tidy` frees. */
function fixed<Rank extends tf.Rank>(make: () => tf.Tensor<Rank>): tf.Variable<Rank> {
  return scope(() => tf.variable(make(), false));
}

function checkWeights(weights: StateDict): void {
  const keys = [...convolutions.flatMap(partsOf), 'fc'];
  const missing = keys.filter((key) => !Object.hasOwn(weights, key));
  if (missing.length > 0) {
    throw new SparnetError(
      'missing-key',
      `these are not the weights of face-api's recognition network: ${missing.length} are missing, ${missing[0]} first. ` +
        'Way out: take those that faceRecognitionWeights() of @sparnet/features/node reads',
    );
  }
  for (const key of keys) {
    const { shape, data } = weights[key] as TensorData;
    const rank = key.endsWith('filters') ? 4 : key === 'fc' ? 2 : 1;
    if (shape.length === rank && data.length === shape.reduce((a, b) => a * b, 1)) continue;
    throw new SparnetError(
      'bad-state',
      `${key} has the shape [${shape.join(', ')}] instead of ${rank} sides`,
    );
  }
}
