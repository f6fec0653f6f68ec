import * as tf from '@tensorflow/tfjs-core';

/** Of the polynomial whose repetition brings singular values near 1; five times are enough for a step (Jordan, 2024). */
const [linear, cubic, quintic] = [3.4445, -4.775, 2.0315];
const repetitions = 5;

/**
 * A matrix with the singular vectors of the given one and singular values near 1 (0.7 to 1.2; those below a thousandth
 * of its norm stay smaller), by Newton-Schulz iterations on the engine in use; as `torch.optim.Muon`, in float32. A
 * matrix of zeros stays one.
 *
 * @param values - Row after row.
 */
export function orthogonalised(
  values: Float32Array,
  { rows, columns }: { rows: number; columns: number },
): Float32Array {
  const result = tf.tidy(() => {
    const given = tf.tensor2d(ofNormOne(values), [rows, columns]);
    // The products are of the shorter side.
    const tall = rows > columns;
    let wide = tall ? tf.transpose(given) : given;
    for (let i = 0; i < repetitions; i++) {
      const square = tf.matMul(wide, wide, false, true);
      const factor = tf.add(tf.mul(square, cubic), tf.mul(tf.matMul(square, square), quintic));
      wide = tf.add(tf.mul(wide, linear), tf.matMul(factor as tf.Tensor2D, wide));
    }
    return tall ? tf.transpose(wide) : wide;
  });
  const orthogonal = result.dataSync() as Float32Array;
  result.dispose();
  return orthogonal;
}

function ofNormOne(values: Float32Array): Float32Array {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / Math.max(norm, 1e-7));
}
