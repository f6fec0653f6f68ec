/** Float32 rounds by at most this, relatively. */
const unit = 2 ** -24;
/** Samples are at most so far from 128, which is subtracted from them. */
const largest = 128;
/** What adding the offset may be off by: half a place of a number up to 256. Beyond, a level is limited anyway. */
const last = 2 ** -17;

/**
 * How far a sum of samples less 128, weighted in float32 one after the other in two alternating sums, may be from the
 * exact one: the weights are rounded, then each product, then each sum on the way.
 *
 * @param weights - In the order of the sum. Where two samples are added before they are weighted, twice the weight.
 * @param options.sampleError - How far the samples themselves may be off, and what was made of two of them.
 * @param options.offset - What is added to the sum.
 */
export function float32Error(
  weights: Float64Array,
  { sampleError = 0, offset = 0 }: { sampleError?: number; offset?: number } = {},
): number {
  const totals: [number, number] = [0, 0];
  let error = 0;
  for (const [i, weight] of weights.entries()) {
    const size = Math.abs(weight);
    const sum = i % 2 === 0 ? 0 : 1;
    totals[sum] += size;
    error += size * (sampleError + unit * largest) + Math.abs(weight - Math.fround(weight)) * largest;
    error += totals[sum] * unit * largest;
  }
  error += (totals[0] + totals[1]) * unit * largest;
  // Products of errors are far smaller than a thousandth.
  return 1.001 * error + last + Math.abs(offset - Math.fround(offset));
}
