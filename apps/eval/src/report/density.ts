/**
 * The density of values at `points` places from the least to the greatest, of which the highest is 1: a Gaussian kernel
 * with Silverman's bandwidth.
 *
 * @param sorted - Finite and ascending. Values that are all equal have no density: the result is empty.
 */
export function densityOf(
  sorted: readonly number[],
  { points = 64 }: { points?: number } = {},
): { at: number; height: number }[] {
  const [least = 0, greatest = 0] = [sorted[0], sorted.at(-1)];
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  if (!(greatest > least) || deviation === 0) return [];
  const bandwidth = 1.06 * deviation * sorted.length ** -0.2;
  const curve = Array.from({ length: points }, (_, index) => {
    const at = least + ((greatest - least) * index) / (points - 1);
    const height = sorted.reduce((sum, value) => sum + Math.exp(-(((value - at) / bandwidth) ** 2) / 2), 0);
    return { at, height };
  });
  const highest = Math.max(...curve.map(({ height }) => height));
  return curve.map(({ at, height }) => ({ at, height: height / highest }));
}
