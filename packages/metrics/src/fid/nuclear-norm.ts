import { Matrix, SVD } from 'ml-matrix';

/** The sum of the singular values of a matrix of `rows * columns` numbers, rows first. */
export function nuclearNorm(matrix: Float64Array, rows: number, columns: number): number {
  const greatest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (greatest === 0) return 0;
  // Near the smallest doubles there is no rounding error to converge to.
  const scaled = Matrix.from1DArray(
    rows,
    columns,
    matrix.map((value) => value / greatest),
  );
  const { diagonal } = new SVD(scaled, {
    autoTranspose: true,
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  return greatest * diagonal.reduce((sum, value) => sum + value, 0);
}
