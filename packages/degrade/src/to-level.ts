/**
 * The integer nearest to x; a tie goes up, also where float64 sums end just below it (by up to 1e-9). Sums of 8-bit
 * samples with weights that add up to 1 are off by less than 1e-11, so the result doesn't depend on their order.
 * Assigned to a `Uint8ClampedArray` it is clipped to 0 .. 255.
 */
export function toLevel(x: number): number {
  return Math.floor(x + (0.5 + 1e-9));
}
