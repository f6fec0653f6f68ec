/** Side of a 4:2:0 unit of a JPEG file: two blocks of luma, one block of halved chroma. */
const grid = 16;

/**
 * One component of a picture. Its `width` x `height` samples lie at the top left of rows of `stride` samples; `stride`
 * and the number of rows are multiples of 16, so that whole blocks fit however the chroma is subsampled.
 */
export interface Plane {
  width: number;
  height: number;
  stride: number;
  data: Uint8ClampedArray;
}

/** A plane of zeros with room for `width` x `height` samples and the blocks they touch. */
export function createPlane(width: number, height: number): Plane {
  const stride = toGrid(width);
  return { width, height, stride, data: new Uint8ClampedArray(stride * toGrid(height)) };
}

/** Fills what lies right of the samples with the last sample of each row, in place. */
export function replicateRight({ width, height, stride, data }: Plane): void {
  for (let y = 0; y < height; y++) {
    const end = y * stride + width;
    data.fill(data[end - 1]!, end, (y + 1) * stride);
  }
}

/** Fills what lies below the samples with the last row, its padding included, in place. */
export function replicateDown({ height, stride, data }: Plane): void {
  const last = (height - 1) * stride;
  for (let to = height * stride; to < data.length; to += stride) data.copyWithin(to, last, last + stride);
}

function toGrid(size: number): number {
  return Math.ceil(size / grid) * grid;
}
