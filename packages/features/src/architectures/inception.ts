import { averageNeighbours, concatChannels, maxPool, meanOverSpace, resample } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import {
  convolutionLayer,
  maxPoolLayer,
  square,
  type Architecture,
  type Convolve,
  type ConvolutionSpec,
  type Layer,
} from './architecture.ts';

/**
 * Inception v3 (arXiv 1512.00567) as the FID is measured with it: the network that TensorFlow published on 5 December
 * 2015, under torchvision's names. It differs from torchvision's in its poolings: averages leave the border's padding
 * out, and the last block takes the maximum. The tap `avgpool` is the 2048 features of the FID.
 */
export function inception(): Architecture {
  return {
    layers: [
      convolutionLayer('Conv2d_1a_3x3', square(3, { stride: 2 })),
      convolutionLayer('Conv2d_2a_3x3', square(3)),
      convolutionLayer('Conv2d_2b_3x3', square(3, { padding: 1 })),
      maxPoolLayer('maxpool1', { size: 3, stride: 2 }),
      convolutionLayer('Conv2d_3b_1x1', square(1)),
      convolutionLayer('Conv2d_4a_3x3', square(3)),
      maxPoolLayer('maxpool2', { size: 3, stride: 2 }),
      blockA('Mixed_5b'),
      blockA('Mixed_5c'),
      blockA('Mixed_5d'),
      blockB('Mixed_6a'),
      blockC('Mixed_6b'),
      blockC('Mixed_6c'),
      blockC('Mixed_6d'),
      blockC('Mixed_6e'),
      blockD('Mixed_7a'),
      blockE('Mixed_7b', averagePool),
      blockE('Mixed_7c', (x) => maxPool(x, { size: 3, stride: 1, padding: 1 })),
      { name: 'avgpool', convolutions: {}, forward: meanOverSpace },
    ],
    convolution: 'normalised',
    prepare: resized,
    unused: /^(fc|AuxLogits)\.|\.num_batches_tracked$/,
    taps: ['avgpool'],
  };
}

const inputSize = 299;

/** Bilinear without antialiasing, as the FID's reference values were measured. [-1, 1] is what the network takes. */
function resized(x: tf.Tensor4D): tf.Tensor4D {
  return resample(x, { mode: 'bilinear', size: [inputSize, inputSize] });
}

function averagePool(x: tf.Tensor4D): tf.Tensor4D {
  return averageNeighbours(x, 3);
}

function halved(x: tf.Tensor4D): tf.Tensor4D {
  return maxPool(x, { size: 3, stride: 2 });
}

/** Padded by half the filter, so that height and width stay. */
function same(rows: number, columns = rows): ConvolutionSpec {
  return { size: [rows, columns], stride: 1, padding: [(rows - 1) / 2, (columns - 1) / 2] };
}

function blockA(name: string): Layer {
  return {
    name,
    convolutions: {
      branch1x1: same(1),
      branch5x5_1: same(1),
      branch5x5_2: same(5),
      branch3x3dbl_1: same(1),
      branch3x3dbl_2: same(3),
      branch3x3dbl_3: same(3),
      branch_pool: same(1),
    },
    forward: (x, convolve) =>
      joined(
        convolve('branch1x1', x),
        chain(convolve, x, 'branch5x5_1', 'branch5x5_2'),
        chain(convolve, x, 'branch3x3dbl_1', 'branch3x3dbl_2', 'branch3x3dbl_3'),
        convolve('branch_pool', averagePool(x)),
      ),
  };
}

function blockB(name: string): Layer {
  return {
    name,
    convolutions: {
      branch3x3: square(3, { stride: 2 }),
      branch3x3dbl_1: same(1),
      branch3x3dbl_2: same(3),
      branch3x3dbl_3: square(3, { stride: 2 }),
    },
    forward: (x, convolve) =>
      joined(
        convolve('branch3x3', x),
        chain(convolve, x, 'branch3x3dbl_1', 'branch3x3dbl_2', 'branch3x3dbl_3'),
        halved(x),
      ),
  };
}

function blockC(name: string): Layer {
  return {
    name,
    convolutions: {
      branch1x1: same(1),
      branch7x7_1: same(1),
      branch7x7_2: same(1, 7),
      branch7x7_3: same(7, 1),
      branch7x7dbl_1: same(1),
      branch7x7dbl_2: same(7, 1),
      branch7x7dbl_3: same(1, 7),
      branch7x7dbl_4: same(7, 1),
      branch7x7dbl_5: same(1, 7),
      branch_pool: same(1),
    },
    forward: (x, convolve) =>
      joined(
        convolve('branch1x1', x),
        chain(convolve, x, 'branch7x7_1', 'branch7x7_2', 'branch7x7_3'),
        chain(
          convolve,
          x,
          'branch7x7dbl_1',
          'branch7x7dbl_2',
          'branch7x7dbl_3',
          'branch7x7dbl_4',
          'branch7x7dbl_5',
        ),
        convolve('branch_pool', averagePool(x)),
      ),
  };
}

function blockD(name: string): Layer {
  return {
    name,
    convolutions: {
      branch3x3_1: same(1),
      branch3x3_2: square(3, { stride: 2 }),
      branch7x7x3_1: same(1),
      branch7x7x3_2: same(1, 7),
      branch7x7x3_3: same(7, 1),
      branch7x7x3_4: square(3, { stride: 2 }),
    },
    forward: (x, convolve) =>
      joined(
        chain(convolve, x, 'branch3x3_1', 'branch3x3_2'),
        chain(convolve, x, 'branch7x7x3_1', 'branch7x7x3_2', 'branch7x7x3_3', 'branch7x7x3_4'),
        halved(x),
      ),
  };
}

function blockE(name: string, pool: (x: tf.Tensor4D) => tf.Tensor4D): Layer {
  return {
    name,
    convolutions: {
      branch1x1: same(1),
      branch3x3_1: same(1),
      branch3x3_2a: same(1, 3),
      branch3x3_2b: same(3, 1),
      branch3x3dbl_1: same(1),
      branch3x3dbl_2: same(3),
      branch3x3dbl_3a: same(1, 3),
      branch3x3dbl_3b: same(3, 1),
      branch_pool: same(1),
    },
    forward(x, convolve) {
      const single = convolve('branch3x3_1', x);
      const double = chain(convolve, x, 'branch3x3dbl_1', 'branch3x3dbl_2');
      return joined(
        convolve('branch1x1', x),
        convolve('branch3x3_2a', single),
        convolve('branch3x3_2b', single),
        convolve('branch3x3dbl_3a', double),
        convolve('branch3x3dbl_3b', double),
        convolve('branch_pool', pool(x)),
      );
    },
  };
}

/** Convolutions one after another. */
function chain(convolve: Convolve, x: tf.Tensor4D, ...names: string[]): tf.Tensor4D {
  return names.reduce((y, name) => convolve(name, y), x);
}

function joined(...branches: [tf.Tensor4D, ...tf.Tensor4D[]]): tf.Tensor4D {
  return branches.reduce((left, right) => concatChannels([left, right]));
}
