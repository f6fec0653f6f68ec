/**
 * A filter from PyTorch's layout [out, in, height, width] to that of TensorFlow, [height, width, in, out].
 *
 * @param shape - Of the input: [out, in, height, width].
 */
export function filterFromDisk(data: Float32Array, shape: readonly number[]): Float32Array {
  const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
  return transposed(data, outputs, inputs, height * width);
}

/**
 * The inverse of {@link filterFromDisk}.
 *
 * @param shape - Of the input: [height, width, in, out].
 */
export function filterToDisk(data: Float32Array, shape: readonly number[]): Float32Array {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
  return transposed(data, height * width, inputs, outputs);
}

/** [height, width, in, out] as PyTorch orders it: [out, in, height, width]. */
export function filterShapeOnDisk(shape: readonly number[]): number[] {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
  return [outputs, inputs, height, width];
}

/** Swap the first and the last axis of [a, b, c]. */
function transposed(data: Float32Array, a: number, b: number, c: number): Float32Array {
  const result = new Float32Array(data.length);
  let next = 0;
  for (let k = 0; k < c; k++) {
    for (let j = 0; j < b; j++) {
      for (let i = 0; i < a; i++) result[next++] = data[(i * b + j) * c + k] as number;
    }
  }
  return result;
}
