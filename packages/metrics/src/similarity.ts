import { gaussianMeans, windowSize } from './gaussian-window.ts';
import type { Plane } from './plane.ts';
import { reusedBuffer } from './reused-buffer.ts';

/** The two factors of SSIM at every place where the window lies inside the planes, rows of `width - 10` places. */
export interface Similarity {
  /** How alike the means are. */
  luminance: Float64Array;
  /** How alike the contrasts and the structures are. */
  structure: Float64Array;
  /** The mean of their products: SSIM. */
  meanSsim: number;
  meanStructure: number;
}

const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/**
 * The factors of SSIM of two planes of one size, at least 11 x 11 samples. Equal planes give exactly 1 everywhere. The
 * result holds something else after the next call.
 */
export function similarity(a: Plane, b: Plane): Similarity {
  const { width, height } = a;
  const length = width * height;
  const places = (width - windowSize + 1) * (height - windowSize + 1);
  // a^2 + b^2 stands for both variances, of which the formula needs the sum only.
  const squares = squaresBuffer(length);
  const products = productsBuffer(length);
  writeSquaresAndProducts(a.values, b.values, squares, products);
  const scratch = scratchBuffer(length);
  const meanA = meanABuffer(places);
  const meanB = meanBBuffer(places);
  gaussianMeans(a.values, width, height, scratch, meanA);
  gaussianMeans(b.values, width, height, scratch, meanB);
  gaussianMeans(squares, width, height, scratch, squares);
  gaussianMeans(products, width, height, scratch, products);
  const means = writeFactors(meanA, meanB, squares, products);
  return { luminance: meanA, structure: meanB, ...means };
}

const squaresBuffer = reusedBuffer();
const productsBuffer = reusedBuffer();
const scratchBuffer = reusedBuffer();
const meanABuffer = reusedBuffer();
const meanBBuffer = reusedBuffer();

function writeSquaresAndProducts(
  a: Float64Array,
  b: Float64Array,
  squares: Float64Array,
  products: Float64Array,
): void {
  for (let i = 0; i < a.length; i++) {
    const first = a[i]!;
    const second = b[i]!;
    squares[i] = first * first + second * second;
    products[i] = first * second;
  }
}

/** Puts the factors in the place of the means of `a` and `b`, and gives their means. */
function writeFactors(
  meanA: Float64Array,
  meanB: Float64Array,
  meanSquares: Float64Array,
  meanProducts: Float64Array,
): Pick<Similarity, 'meanSsim' | 'meanStructure'> {
  const places = meanA.length;
  let sumSsim = 0;
  let sumStructure = 0;
  for (let i = 0; i < places; i++) {
    const first = meanA[i]!;
    const second = meanB[i]!;
    const product = first * second;
    const squares = first * first + second * second;
    const luminance = (2 * product + c1) / (squares + c1);
    const structure = (2 * (meanProducts[i]! - product) + c2) / (meanSquares[i]! - squares + c2);
    meanA[i] = luminance;
    meanB[i] = structure;
    sumSsim += luminance * structure;
    sumStructure += structure;
  }
  return { meanSsim: sumSsim / places, meanStructure: sumStructure / places };
}
