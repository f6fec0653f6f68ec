/** Where the sample lies that stands for position `i` of a line of `length` samples; `i` may lie outside. */
export type Border = (i: number, length: number) => number;

/** Mirrored about the edge sample, which is not repeated: d c b | a b c d | c b a (OpenCV's `BORDER_REFLECT_101`). */
export const mirrored: Border = (i, length) => {
  if (i >= 0 && i < length) return i;
  if (length === 1) return 0;
  const period = 2 * length - 2;
  const inside = ((i % period) + period) % period;
  return inside < length ? inside : period - inside;
};

/** The edge sample repeated: a a a | a b c d | d d d (OpenCV's `BORDER_REPLICATE`). */
export const repeated: Border = (i, length) => Math.min(Math.max(i, 0), length - 1);
