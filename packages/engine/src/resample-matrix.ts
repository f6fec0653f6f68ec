/** How values between the pixels are found. */
export const resampleModes = ['nearest', 'bilinear', 'bicubic'] as const;
export type ResampleMode = (typeof resampleModes)[number];

/**
 * The matrix [outputs, inputs], row by row, that resamples one axis: PyTorch's `interpolate` without `align_corners`.
 *
 * @param step - Input pixels an output pixel.
 */
export function resampleMatrix(
  mode: ResampleMode,
  inputs: number,
  outputs: number,
  step: number,
): Float32Array {
  const matrix = new Float32Array(inputs * outputs);
  for (let output = 0; output < outputs; output++) {
    for (const [source, weight] of sources(mode, output, step)) {
      const place = output * inputs + Math.min(Math.max(source, 0), inputs - 1);
      matrix[place] = (matrix[place] as number) + weight;
    }
  }
  return matrix;
}

/** Source pixels of an output pixel, before clamping to the border, with their weights. */
function sources(mode: ResampleMode, output: number, step: number): [number, number][] {
  if (mode === 'nearest') return [[Math.floor(output * step), 1]];
  const position = (output + 0.5) * step - 0.5;
  if (mode === 'bilinear') {
    const clamped = Math.max(position, 0);
    const left = Math.floor(clamped);
    return [
      [left, 1 - (clamped - left)],
      [left + 1, clamped - left],
    ];
  }
  const left = Math.floor(position);
  const t = position - left;
  return [-1, 0, 1, 2].map((offset) => [left + offset, cubic(Math.abs(t - offset))]);
}

/** Keys' cubic kernel with PyTorch's a = -0.75. */
function cubic(x: number): number {
  const a = -0.75;
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}
