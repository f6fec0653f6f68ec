import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nuclearNorm } from './nuclear-norm.ts';

describe('known matrices', () => {
  test.each([
    { name: 'one number', entries: [[-3]], norm: 3 },
    {
      name: 'a diagonal',
      entries: [
        [2, 0],
        [0, -5],
      ],
      norm: 7,
    },
    { name: 'a row', entries: [[3, 4]], norm: 5 },
    { name: 'a column', entries: [[3], [4]], norm: 5 },
    {
      name: 'nothing but zeros',
      entries: [
        [0, 0, 0],
        [0, 0, 0],
      ],
      norm: 0,
    },
    {
      name: 'rank one',
      entries: [
        [1, 2, 2],
        [2, 4, 4],
      ],
      norm: Math.sqrt(45),
    },
    {
      name: 'a shift, all of whose eigenvalues are 0',
      entries: [
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ],
      norm: 2,
    },
  ])('$name', ({ entries, norm }) => {
    const matrix = Float64Array.from(entries.flat());
    expect(nuclearNorm(matrix, entries.length, entries[0]!.length)).toBeCloseTo(norm, 13);
  });

  test('of the smallest doubles', () => {
    const tiny = Float64Array.from([1e-310, 1e-320, 3e-311, 2e-312, 1e-311, 1e-309, 4e-311, 3e-312, 5e-311]);
    const large = tiny.map((value) => value * 2 ** 600);
    expect(nuclearNorm(tiny, 3, 3) * 2 ** 600).toBeCloseTo(nuclearNorm(large, 3, 3), 12);
  });

  test('no rows', () => expect(nuclearNorm(new Float64Array(0), 0, 3)).toBe(0));
});

const size = fc.integer({ min: 1, max: 12 });
const entry = fc.double({ min: -1, max: 1, noNaN: true });

test('mirrored on both sides, a diagonal keeps its sum, whatever the scale of its entries', () => {
  const shape = fc.tuple(size, size).chain(([rows, columns]) =>
    fc.record({
      values: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: Math.min(rows, columns),
        maxLength: Math.min(rows, columns),
      }),
      left: fc.array(entry, { minLength: rows, maxLength: rows }),
      right: fc.array(entry, { minLength: columns, maxLength: columns }),
      exponent: fc.integer({ min: -100, max: 100 }),
    }),
  );
  fc.assert(
    fc.property(shape, ({ values, left, right, exponent }) => {
      const scale = 2 ** exponent;
      const [rows, columns] = [left.length, right.length];
      const matrix = new Float64Array(rows * columns);
      values.forEach((value, i) => (matrix[i * columns + i] = value * scale));
      mirrorColumns(matrix, left);
      mirrorRows(matrix, right);
      const sum = values.reduce((total, value) => total + value, 0);
      expect(nuclearNorm(matrix, rows, columns) / scale).toBeCloseTo(sum, 12);
    }),
    { seed: 1 },
  );
});

/** matrix - 2 v (v' matrix) / v'v */
function mirrorColumns(matrix: Float64Array, normal: number[]): void {
  const columns = matrix.length / normal.length;
  for (let j = 0; j < columns; j++) {
    const column = normal.map((_, i) => matrix[i * columns + j]!);
    mirrored(column, normal).forEach((value, i) => (matrix[i * columns + j] = value));
  }
}

function mirrorRows(matrix: Float64Array, normal: number[]): void {
  for (let at = 0; at < matrix.length; at += normal.length) {
    matrix.set(mirrored([...matrix.subarray(at, at + normal.length)], normal), at);
  }
}

function mirrored(vector: number[], normal: number[]): number[] {
  const inner = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const squares = inner(normal, normal);
  if (squares < 1e-200) return vector;
  const factor = (2 * inner(vector, normal)) / squares;
  return vector.map((value, i) => value - factor * normal[i]!);
}
