import { SparnetError, checkInteger } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { addWeightedRows } from '../add-weighted-rows.ts';
import { mirrored } from '../border.ts';
import { opaquePixels, type Pixels } from '../opaque-pixels.ts';
import { toLevel } from '../to-level.ts';
import { correlateByFourier } from './correlate-by-fourier.ts';
import { correlateInSimd, type SparseKernel } from './correlate-in-simd.ts';

/** A square of weights, rows from the top. */
export interface Kernel {
  /** Odd side. */
  size: number;
  /** size * size numbers. */
  weights: Float64Array;
}

/** With more weights than this, the way through the frequency domain is the faster one. */
const fewWeights = 100;

/**
 * Filtered with any kernel, by correlation (the kernel is not flipped), in float64, rounded once, ties up. The border is
 * mirrored without its edge pixel (d c b | a b c d). A kernel with few weights other than zero costs what it has of them,
 * a full one hardly more for any size.
 *
 * @param kernel - Its weights should add up to 1; they are not normalised here.
 * @throws SparnetError `bad-argument` for an invalid kernel, `bad-image` for an invalid image or one with alpha.
 */
export function kernelBlur(image: Image, kernel: Kernel): Image {
  checkKernel(kernel);
  const pixels = opaquePixels(image);
  return createImage({ ...pixels, data: filtered(pixels, kernel) });
}

function filtered(pixels: Pixels, kernel: Kernel): Uint8Array {
  const sparse = sparseKernel(kernel);
  if (sparse.weights.length > fewWeights) return correlateByFourier(pixels, kernel);
  return correlateInSimd(pixels, sparse) ?? correlate(pixels, sparse);
}

function correlate(pixels: Pixels, { reach, dx, dy, weights }: SparseKernel): Uint8Array {
  const { width, height, channels } = pixels;
  const padded = withMargins(pixels, reach);
  const stride = (width + 2 * reach) * channels;
  const sums = new Float64Array(width * channels);
  const places = new Int32Array(weights.length);
  const result = new Uint8ClampedArray(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < places.length; k++)
      places[k] = mirrored(y + dy[k]!, height) * stride + (reach + dx[k]!) * channels;
    sums.fill(0);
    addWeightedRows(sums, padded, weights, places);
    for (let i = 0, to = y * sums.length; i < sums.length; i++) result[to++] = toLevel(sums[i]!);
  }
  return new Uint8Array(result.buffer);
}

function sparseKernel({ size, weights }: Kernel): SparseKernel {
  const reach = (size - 1) / 2;
  const used = Int32Array.from(weights.keys()).filter((i) => weights[i] !== 0);
  return {
    reach,
    dx: used.map((i) => (i % size) - reach),
    dy: used.map((i) => Math.floor(i / size) - reach),
    weights: Float64Array.from(used, (i) => weights[i]!),
  };
}

/** The rows, each with `reach` mirrored pixels at both ends. */
function withMargins({ width, height, channels, data }: Pixels, reach: number): Uint8Array {
  const wide = width + 2 * reach;
  const padded = new Uint8Array(wide * height * channels);
  const outside = [...Array(reach).keys()].flatMap((i) => [i - reach, width + i]);
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    const to = y * wide * channels;
    padded.set(data.subarray(row, row + width * channels), to + reach * channels);
    for (const x of outside) {
      const from = row + mirrored(x, width) * channels;
      for (let c = 0; c < channels; c++) padded[to + (reach + x) * channels + c] = data[from + c]!;
    }
  }
  return padded;
}

function checkKernel({ size, weights }: Kernel): void {
  checkInteger('kernel.size', size, 1, 101);
  if (size % 2 === 1 && weights.length === size * size && weights.every(Number.isFinite)) return;
  throw new SparnetError(
    'bad-argument',
    `expected an odd size and size x size finite weights for kernel, got size ${size} and ${weights.length} weights`,
  );
}
