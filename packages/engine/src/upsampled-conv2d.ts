import { checkInteger, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkChannels } from './check-channels.ts';
import { conv2d } from './conv2d.ts';
import { filterGradient, inputGradient } from './conv2d-gradients.ts';
import { edgePadAdjoint, edgePadded } from './edge-pad.ts';
import { runOne, type Operation } from './operation.ts';
import { pairShuffled, pairUnshuffled } from './pair-shuffle.ts';
import { channelMean } from './spatial-mean.ts';
import { upsampleNearest2x } from './upsample-nearest.ts';

/** Below so many pixels the rearranging costs more than the multiplications it saves (measured on native and WASM). */
const leastPixels = 16 * 16;

const operation: Operation<object> = {
  name: 'SparnetUpsampledConv2d',
  inputNames: ['x', 'filter', 'bias'],
  keepsInputs: [0, 1],
  keepsOutputs: [],
  forward([x, filter, bias]) {
    const input = edgePadded(x as tf.Tensor4D);
    const phases = phaseFilter(filter as tf.Tensor4D);
    return [
      pairShuffled(
        bias
          ? tf.fused.conv2d({
              x: input,
              filter: phases,
              strides: 1,
              pad: 'valid',
              bias: tf.tile(bias as tf.Tensor1D, [4]),
            })
          : tf.conv2d(input, phases, 1, 'valid'),
      ),
    ];
  },
  backward({ gradients, inputs, needs }) {
    const dy = gradients[0] as tf.Tensor4D;
    const [x, filter] = inputs as [tf.Tensor4D, tf.Tensor4D];
    const [batch, height, width, channels] = x.shape;
    const channelsOut = filter.shape[3];
    const gathered = pairUnshuffled(dy);
    const dx = (): tf.Tensor => {
      const padded: tf.Tensor4D['shape'] = [batch, height + 2, width + 2, channels];
      return edgePadAdjoint(inputGradient(gathered, phaseFilter(filter), padded, 1));
    };
    const dfilter = (): tf.Tensor => {
      const phases: tf.Tensor4D['shape'] = [2, 2, channels, 4 * channelsOut];
      return phaseFilterAdjoint(filterGradient(edgePadded(x), gathered, phases, 1), filter.shape);
    };
    return [
      needs[0] ? tf.tidy(dx) : undefined,
      needs[1] ? tf.tidy(dfilter) : undefined,
      needs[2] ? tf.mul(channelMean(dy), dy.size / channelsOut) : undefined,
    ];
  },
};

/**
 * The convolution by 3x3, padded by reflection, of `x` after nearest enlarging to twice its size, without enlarging
 * it: of nine taps several meet the same pixel, so that four, with sums of the filter's values, do for each of the
 * four places of a pixel. 16 multiplications for each 36.
 *
 * @param x - [N,H,W,C].
 * @param filter - [3,3,C,D].
 * @param bias - [D], or undefined.
 * @returns [N,2H,2W,D], equal to `conv2d(upsampleNearest2x(x), filter, bias)` up to rounding.
 * @throws SparnetError `bad-argument` for shapes that don't fit together.
 */
export function upsampledConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, bias?: tf.Tensor1D): tf.Tensor4D {
  const [rows, columns, channelsIn, channelsOut] = filter.shape;
  if (rows !== 3 || columns !== 3) throw invalid('filter', '3x3', filter.shape);
  if (x.shape[3] !== channelsIn) throw invalid('x', `${channelsIn} channels`, x.shape);
  checkChannels(channelsOut, { bias });
  for (const side of x.shape.slice(0, 3)) checkInteger('sides of x', side, 1);
  if (x.shape[1] * x.shape[2] < leastPixels)
    return tf.tidy(() =>
      conv2d(upsampleNearest2x(x), filter, bias, { padding: { mode: 'reflect', size: 1 } }),
    );
  return runOne(operation, bias ? [x, filter, bias] : [x, filter], {});
}

/**
 * Where the three taps of an axis fall in a window of two source pixels: rows are [row of the window, place]. Place 1
 * is the enlarged pixel that the window's first source pixel ends with, place 0 the one its second begins with.
 */
const tapsOfPlace = [
  [1, 1, 0],
  [1, 0, 0],
  [0, 0, 1],
  [0, 1, 1],
];

/** [16, 9]: (row of the window, column, place down, place across) by (row of the filter, column). */
const phaseTaps = [0, 1].flatMap((row) =>
  [0, 1].flatMap((column) =>
    [0, 1].flatMap((down) =>
      [0, 1].map((across) => {
        const vertical = tapsOfPlace[2 * row + down] as number[];
        const horizontal = tapsOfPlace[2 * column + across] as number[];
        return vertical.flatMap((v) => horizontal.map((h) => v * h));
      }),
    ),
  ),
);

/** The filter [3,3,C,D] as one of [2,2,C,4D] that makes four places of a pixel at once. */
function phaseFilter(filter: tf.Tensor4D): tf.Tensor4D {
  const [, , channelsIn, channelsOut] = filter.shape;
  const summed = tf.matMul(tf.tensor2d(phaseTaps), tf.reshape(filter, [9, channelsIn * channelsOut]));
  const placed = tf.reshape(summed, [4, 4, channelsIn, channelsOut]);
  return tf.reshape(tf.transpose(placed, [0, 2, 1, 3]), [2, 2, channelsIn, 4 * channelsOut]);
}

function phaseFilterAdjoint(gradient: tf.Tensor4D, shape: tf.Tensor4D['shape']): tf.Tensor4D {
  const [, , channelsIn, channelsOut] = shape;
  const placed = tf.transpose(tf.reshape(gradient, [4, channelsIn, 4, channelsOut]), [0, 2, 1, 3]);
  const flat = tf.reshape(placed, [16, channelsIn * channelsOut]);
  return tf.reshape(tf.matMul(tf.transpose(tf.tensor2d(phaseTaps)), flat), shape);
}
