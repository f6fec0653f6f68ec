import * as tf from '@tensorflow/tfjs-core';
import { filterGradientKernel, inputGradientKernel } from './conv2d-gradient-kernels.ts';

type Shape4D = [number, number, number, number];

/** A map this wide is where oneDNN's gradient kernels begin to lose time (measured from 16 to 256 pixels). */
const wide = 128;
/** The width that its filter gradient likes best. */
const tileWidth = 32;
/** Narrower layers lose more by the copies than they win by tiles. */
const leastTiledChannels = 32;
/** With fewer outputs its gradients leave most of a vector register empty. */
const fewChannels = 8;

/**
 * The gradient of a convolution by its filter on native TensorFlow, [K,K,C,D]. oneDNN is slow where there are fewer
 * outputs than inputs (a map of one channel takes 25 times as long as its mirror image), and on wide maps: with the
 * roles of `x` and `dy` exchanged, and wide maps cut into tiles, the same sums come faster. `bench/` has the times.
 */
export function filterGradientNatively(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  shape: Shape4D,
  stride: 1 | 2,
): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = shape;
  if (stride === 2) return filterGradientKernel(x, dy, shape, stride);
  if (channelsOut >= channelsIn) return tiledFilterGradient(x, dy, shape);
  // sum x[p + k] dy[p] over p is, with q = p + k, sum dy'[q + (K - 1 - k)] x[q], where dy' is dy with K - 1 zeros around.
  const mirrored = tiledFilterGradient(surrounded(dy, size - 1), x, [size, size, channelsOut, channelsIn]);
  return turned(mirrored);
}

/** The gradient of a convolution by its input on native TensorFlow, of `shape` [N,H,W,C]. */
export function inputGradientNatively(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  shape: Shape4D,
  stride: 1 | 2,
): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = filter.shape;
  if (stride === 1 && (dy.shape[2] >= wide || channelsOut <= fewChannels)) {
    return tf.conv2d(surrounded(dy, size - 1), turned(filter), 1, 'valid');
  }
  // With AVX-512 oneDNN computes wrong values from one channel to one: a second one of zeros avoids it.
  const single = channelsIn === 1 && channelsOut === 1;
  if (single) return inputGradientKernel(withZeros(dy), withZeros(filter), shape, stride);
  return inputGradientKernel(dy, filter, shape, stride);
}

/** One channel more at the end. */
function withZeros(x: tf.Tensor4D): tf.Tensor4D {
  return tf.concat([x, tf.zerosLike(x)], 3);
}

function tiledFilterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape4D): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = shape;
  const width = dy.shape[2];
  const pays = width >= wide && Math.min(channelsIn, channelsOut) >= leastTiledChannels;
  if (!pays || width % tileWidth !== 0) return filterGradientKernel(x, dy, shape, 1);
  return filterGradientKernel(tiles(x, size - 1), tiles(dy, 0), shape, 1);
}

/** Cut into tiles of `tileWidth` columns, and `overlap` more, that become images of their own. */
function tiles(x: tf.Tensor4D, overlap: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const count = (width - overlap) / tileWidth;
  const size: Shape4D = [batch, height, tileWidth + overlap, channels];
  return tf.concat(
    Array.from({ length: count }, (_, tile) => tf.slice(x, [0, 0, tile * tileWidth, 0], size)),
  );
}

/** `size` zeros on each side of height and width. */
function surrounded(x: tf.Tensor4D, size: number): tf.Tensor4D {
  const sides: [number, number] = [size, size];
  return tf.pad(x, [[0, 0], sides, sides, [0, 0]]);
}

/** A filter [K,K,C,D] turned by half a turn, from outputs to inputs: [K,K,D,C]. */
function turned(filter: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
}
