/**
 * Rounds a block of DCT coefficients to multiples of their quantisation steps, in place: what remains of them in a file.
 * Halves go away from zero.
 *
 * @param block - 64 coefficients of {@link forwardDct}, eight times the orthonormal ones; become orthonormal.
 * @param steps - 64 quantisation steps, 1 to 255.
 */
export function quantise(block: Int32Array, steps: Int32Array): void {
  for (let i = 0; i < 64; i++) {
    const value = block[i]!;
    const step = steps[i]!;
    // Divided by 8 * step, rounded: small integers, whose quotient in floating point truncates exactly.
    const limit = 4 * step;
    if (value >= limit) block[i] = Math.imul(((value + limit) / (8 * step)) | 0, step);
    else if (value <= -limit) block[i] = Math.imul(((value - limit) / (8 * step)) | 0, step);
    else block[i] = 0;
  }
}
