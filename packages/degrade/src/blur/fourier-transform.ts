import { cosine, sine } from '../arithmetic/sine.ts';

/** Complex numbers of a square of n x n. */
export interface ComplexSquare {
  n: number;
  re: Float64Array;
  im: Float64Array;
}

/**
 * The discrete Fourier transform of a square, in place. The result is transposed and its rows and columns are in
 * bit-reversed order, which {@link inverseTransform} takes; products of two such spectra need no other order.
 *
 * @param square - n is a power of two, at most 1024.
 */
export function transform(square: ComplexSquare): void {
  transformRows(square);
  transpose(square);
  transformRows(square);
}

/** Undoes {@link transform}, up to the factor n * n. */
export function inverseTransform(square: ComplexSquare): void {
  invertRows(square);
  transpose(square);
  invertRows(square);
}

/** Decimation in frequency: from natural to bit-reversed order. */
function transformRows({ n, re, im }: ComplexSquare): void {
  const { cos, sin } = rootsOf(n);
  for (let half = n / 2; half >= 1; half /= 2) {
    const step = n / 2 / half;
    for (let start = 0; start < n * n; start += 2 * half) {
      for (let j = 0, at = start, root = 0; j < half; j++, at++, root += step) {
        const other = at + half;
        const real = re[at]! - re[other]!;
        const imaginary = im[at]! - im[other]!;
        re[at] = re[at]! + re[other]!;
        im[at] = im[at]! + im[other]!;
        re[other] = real * cos[root]! + imaginary * sin[root]!;
        im[other] = imaginary * cos[root]! - real * sin[root]!;
      }
    }
  }
}

/** Decimation in time: from bit-reversed to natural order. */
function invertRows({ n, re, im }: ComplexSquare): void {
  const { cos, sin } = rootsOf(n);
  for (let half = 1; half < n; half *= 2) {
    const step = n / 2 / half;
    for (let start = 0; start < n * n; start += 2 * half) {
      for (let j = 0, at = start, root = 0; j < half; j++, at++, root += step) {
        const other = at + half;
        const real = re[other]! * cos[root]! - im[other]! * sin[root]!;
        const imaginary = im[other]! * cos[root]! + re[other]! * sin[root]!;
        re[other] = re[at]! - real;
        im[other] = im[at]! - imaginary;
        re[at] = re[at]! + real;
        im[at] = im[at]! + imaginary;
      }
    }
  }
}

function transpose({ n, re, im }: ComplexSquare): void {
  for (let y = 0; y < n; y++) {
    for (let x = y + 1; x < n; x++) {
      const [here, there] = [y * n + x, x * n + y];
      const real = re[here]!;
      const imaginary = im[here]!;
      re[here] = re[there]!;
      im[here] = im[there]!;
      re[there] = real;
      im[there] = imaginary;
    }
  }
}

interface Roots {
  cos: Float64Array;
  sin: Float64Array;
}

const known = new Map<number, Roots>();

/** Half of the n-th roots of unity. There are at most a dozen sizes, so they are kept. */
function rootsOf(n: number): Roots {
  const found = known.get(n);
  if (found) return found;
  const angles = Float64Array.from({ length: n / 2 }, (_, i) => (2 * Math.PI * i) / n);
  const roots = { cos: angles.map(cosine), sin: angles.map(sine) };
  known.set(n, roots);
  return roots;
}
