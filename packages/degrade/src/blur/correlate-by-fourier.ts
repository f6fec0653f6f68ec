import { mirrored } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import { toLevel } from '../to-level.ts';
import { inverseTransform, transform, type ComplexSquare } from './fourier-transform.ts';
import type { Kernel } from './kernel-blur.ts';

/**
 * The image correlated with a kernel, tile by tile in the frequency domain: the cost hardly depends on the kernel. In
 * float64 the sums are off by less than 1e-10 of a level, so they round as exact ones do.
 *
 * @returns As many samples as the image has.
 */
export function correlateByFourier(pixels: Pixels, kernel: Kernel): Uint8Array {
  const { width, height, channels } = pixels;
  const n = tileSide(kernel.size);
  const spectrum = spectrumOf(kernel, n);
  const step = n - kernel.size + 1;
  const reach = (kernel.size - 1) / 2;
  const axis = (length: number): Int32Array =>
    Int32Array.from({ length: length + 2 * reach }, (_, i) => mirrored(i - reach, length));
  const axes = { rows: axis(height), columns: axis(width) };
  const result = new Uint8ClampedArray(width * height * channels);
  const square: ComplexSquare = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  const tiles = tilesOf(pixels, step);
  for (let i = 0; i < tiles.length; i += 2) {
    // Two tiles share a transform: as real and as imaginary part they don't mix, for the kernel is real.
    const [first, second] = [tiles[i]!, tiles[i + 1]];
    fill(square.re, n, pixels, axes, first);
    if (second) fill(square.im, n, pixels, axes, second);
    else square.im.fill(0);
    transform(square);
    multiplyByConjugate(square, spectrum);
    inverseTransform(square);
    store(square.re, n, pixels, step, first, result);
    if (second) store(square.im, n, pixels, step, second, result);
  }
  return new Uint8Array(result.buffer);
}

/** One channel of a part of the image. */
interface Tile {
  left: number;
  top: number;
  channel: number;
}

/** Large enough that margins are the smaller part. */
function tileSide(size: number): number {
  let side = 32;
  while (side < 4 * size) side *= 2;
  return side;
}

function tilesOf({ width, height, channels }: Pixels, step: number): Tile[] {
  const tiles: Tile[] = [];
  for (let top = 0; top < height; top += step)
    for (let left = 0; left < width; left += step)
      for (let channel = 0; channel < channels; channel++) tiles.push({ left, top, channel });
  return tiles;
}

/** The spectrum of the kernel, with the factor that inverting a transform needs. */
function spectrumOf({ size, weights }: Kernel, n: number): ComplexSquare {
  const spectrum = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  weights.forEach((weight, i) => {
    spectrum.re[Math.floor(i / size) * n + (i % size)] = weight / (n * n);
  });
  transform(spectrum);
  return spectrum;
}

function fill(
  samples: Float64Array,
  n: number,
  { width, channels, data }: Pixels,
  { rows, columns }: { rows: Int32Array; columns: Int32Array },
  { left, top, channel }: Tile,
): void {
  samples.fill(0);
  const wide = Math.min(n, columns.length - left);
  const high = Math.min(n, rows.length - top);
  for (let y = 0; y < high; y++) {
    const row = rows[top + y]! * width * channels + channel;
    for (let x = 0; x < wide; x++) samples[y * n + x] = data[row + columns[left + x]! * channels]!;
  }
}

function multiplyByConjugate({ re, im }: ComplexSquare, by: ComplexSquare): void {
  for (let i = 0; i < re.length; i++) {
    const real = re[i]! * by.re[i]! + im[i]! * by.im[i]!;
    im[i] = im[i]! * by.re[i]! - re[i]! * by.im[i]!;
    re[i] = real;
  }
}

function store(
  samples: Float64Array,
  n: number,
  { width, height, channels }: Pixels,
  step: number,
  { left, top, channel }: Tile,
  result: Uint8ClampedArray,
): void {
  const wide = Math.min(step, width - left);
  const high = Math.min(step, height - top);
  for (let y = 0; y < high; y++) {
    let to = ((top + y) * width + left) * channels + channel;
    for (let x = 0; x < wide; x++, to += channels) result[to] = toLevel(samples[y * n + x]!);
  }
}
