import { columnsInSimd, rgbRowsInSimd } from './resample-in-simd.ts';
import { fractionBits, type ResampleWeights } from './resample-weights.ts';

// Sums wrap at 32 bits as in the C code this agrees with: only their final value must fit, and it does.

/** Half a level: shifting then rounds to the nearest. */
const half = 2 ** (fractionBits - 1);

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * Resamples every row of an image.
 *
 * @param source - `height` rows of `width` pixels, channels interleaved.
 * @returns As many rows of `weights.starts.length` pixels.
 */
export function resampleRows(
  source: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
  weights: ResampleWeights,
): Uint8Array {
  const rows = channels === 3 && rgbRowsInSimd(source, { width, height }, weights);
  if (rows) return rows;
  const result = new Uint8ClampedArray(height * weights.starts.length * channels);
  if (channels === 3) resampleRgbRows(source, width, height, weights, result);
  else {
    for (let c = 0; c < channels; c++)
      resampleChannelRows(source, width, height, channels, c, weights, result);
  }
  return new Uint8Array(result.buffer);
}

/**
 * Resamples every column of an image.
 *
 * @param source - Rows of `stride` samples each.
 * @returns `weights.starts.length` rows of `stride` samples.
 */
export function resampleColumns(source: Uint8Array, stride: number, weights: ResampleWeights): Uint8Array {
  const rows = columnsInSimd(source, stride, weights);
  if (rows) return rows;
  const result = new Uint8ClampedArray(weights.starts.length * stride);
  if (littleEndian && stride % 4 === 0 && source.byteOffset % 4 === 0) {
    const words = new Int32Array(source.buffer, source.byteOffset, source.length / 4);
    resampleWordColumns(words, stride / 4, weights, result);
  } else resampleByteColumns(source, stride, weights, result);
  return new Uint8Array(result.buffer);
}

/** Three channels at once share the loads of their weights. */
function resampleRgbRows(
  source: Uint8Array,
  width: number,
  height: number,
  { taps, starts, weights }: ResampleWeights,
  result: Uint8ClampedArray,
): void {
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    let w = 0;
    for (let x = 0; x < starts.length; x++) {
      let at = row + starts[x]! * 3;
      let red = half;
      let green = half;
      let blue = half;
      for (const end = w + taps; w < end; w++) {
        const weight = weights[w]!;
        red = (red + Math.imul(source[at]!, weight)) | 0;
        green = (green + Math.imul(source[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[at + 2]!, weight)) | 0;
        at += 3;
      }
      result[to] = red >> fractionBits;
      result[to + 1] = green >> fractionBits;
      result[to + 2] = blue >> fractionBits;
      to += 3;
    }
  }
}

function resampleChannelRows(
  source: Uint8Array,
  width: number,
  height: number,
  channels: number,
  channel: number,
  { taps, starts, weights }: ResampleWeights,
  result: Uint8ClampedArray,
): void {
  let to = channel;
  for (let y = 0; y < height; y++) {
    const row = y * width * channels + channel;
    let w = 0;
    for (let x = 0; x < starts.length; x++) {
      let at = row + starts[x]! * channels;
      let sum = half;
      for (const end = w + taps; w < end; w++) {
        sum = (sum + Math.imul(source[at]!, weights[w]!)) | 0;
        at += channels;
      }
      result[to] = sum >> fractionBits;
      to += channels;
    }
  }
}

/** Four neighbours of a row are loaded as one word: loads and their bounds checks are what takes the time. */
function resampleWordColumns(
  words: Int32Array,
  stride: number,
  { taps, starts, weights }: ResampleWeights,
  result: Uint8ClampedArray,
): void {
  let to = 0;
  for (let y = 0; y < starts.length; y++) {
    const row = starts[y]! * stride;
    const first = y * taps;
    const end = first + taps;
    for (let x = 0; x < stride; x++) {
      let at = row + x;
      let sum0 = half;
      let sum1 = half;
      let sum2 = half;
      let sum3 = half;
      for (let w = first; w < end; w++) {
        const word = words[at]!;
        const weight = weights[w]!;
        sum0 = (sum0 + Math.imul(word & 255, weight)) | 0;
        sum1 = (sum1 + Math.imul((word >>> 8) & 255, weight)) | 0;
        sum2 = (sum2 + Math.imul((word >>> 16) & 255, weight)) | 0;
        sum3 = (sum3 + Math.imul(word >>> 24, weight)) | 0;
        at += stride;
      }
      result[to] = sum0 >> fractionBits;
      result[to + 1] = sum1 >> fractionBits;
      result[to + 2] = sum2 >> fractionBits;
      result[to + 3] = sum3 >> fractionBits;
      to += 4;
    }
  }
}

function resampleByteColumns(
  source: Uint8Array,
  stride: number,
  { taps, starts, weights }: ResampleWeights,
  result: Uint8ClampedArray,
): void {
  let to = 0;
  for (let y = 0; y < starts.length; y++) {
    const row = starts[y]! * stride;
    const first = y * taps;
    const end = first + taps;
    for (let x = 0; x < stride; x++) {
      let at = row + x;
      let sum = half;
      for (let w = first; w < end; w++) {
        sum = (sum + Math.imul(source[at]!, weights[w]!)) | 0;
        at += stride;
      }
      result[to++] = sum >> fractionBits;
    }
  }
}
