import type { ParameterTable, TableEntry } from '../compute/parameter-table.ts';

/** A filter as a matrix: what one output sums up is a column. */
export interface Matrix {
  /** Where it begins in the flat vector. */
  start: number;
  rows: number;
  columns: number;
}

/** The decay of Muon's mean of the gradients. */
const momentum = 0.95;

/**
 * The filters that Muon moves: those between features. Filters that read or write images (three channels or fewer),
 * and everything that is no filter, stay with Adam, as Muon's author advises.
 */
export function muonMatrices({ entries }: ParameterTable): Matrix[] {
  return entries.filter(isBetweenFeatures).map(({ start, size, shape }) => {
    const columns = shape.at(-1) as number;
    return { start, rows: size / columns, columns };
  });
}

function isBetweenFeatures({ kind, shape }: TableEntry): boolean {
  const [, , inputs = 0, outputs = 0] = shape;
  return kind === 'parameter' && shape.length === 4 && inputs > 3 && outputs > 3;
}

/**
 * Take the gradients of some matrices into the moments, in place, and write the direction of a step into `directions`:
 * the gradient seen from where the mean will have led (Nesterov). Muon itself has no second moment; it is kept up so
 * that a training may go on with Adam.
 */
export function mixMomentum(
  matrices: readonly Matrix[],
  {
    gradients,
    firstMoment,
    secondMoment,
    beta2,
    directions,
  }: {
    gradients: Float32Array;
    firstMoment: Float32Array;
    secondMoment: Float32Array;
    beta2: number;
    directions: Float32Array;
  },
): void {
  for (const { start, rows, columns } of matrices) {
    for (let i = start; i < start + rows * columns; i++) {
      const g = gradients[i] as number;
      const mean = momentum * (firstMoment[i] as number) + (1 - momentum) * g;
      firstMoment[i] = mean;
      secondMoment[i] = beta2 * (secondMoment[i] as number) + (1 - beta2) * g * g;
      directions[i] = momentum * mean + (1 - momentum) * g;
    }
  }
}

/**
 * Take the step along orthogonalised directions. Its root mean square is 0.2 times the learning rate, about that of
 * Adam, so that one learning rate serves both (Liu et al., "Muon is scalable for LLM training", 2025, equation 4).
 */
export function moveAlong(
  matrices: readonly Matrix[],
  {
    parameters,
    directions,
    learningRate,
  }: { parameters: Float32Array; directions: Float32Array; learningRate: number },
): void {
  for (const { start, rows, columns } of matrices) {
    const stepSize = 0.2 * Math.sqrt(Math.max(rows, columns)) * learningRate;
    for (let i = start; i < start + rows * columns; i++)
      (parameters[i] as number) -= stepSize * (directions[i] as number);
  }
}

/** The parts of a vector of `length` elements that lie in no matrix. */
export function outside(matrices: readonly Matrix[], length: number): { from: number; to: number }[] {
  const ordered = matrices.toSorted((a, b) => a.start - b.start);
  const begins = [0, ...ordered.map(({ start, rows, columns }) => start + rows * columns)];
  const ends = [...ordered.map(({ start }) => start), length];
  return begins
    .map((from, index) => ({ from, to: ends[index] as number }))
    .filter(({ from, to }) => from < to);
}
