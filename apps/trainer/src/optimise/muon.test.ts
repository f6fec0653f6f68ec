import { randomStream } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ParameterTable } from '../compute/parameter-table.ts';
import { mixMomentum, moveAlong, muonMatrices, outside } from './muon.ts';
import { orthogonalised } from './orthogonalise.ts';

let dispose: () => void;
beforeAll(async () => ({ dispose } = await useEngine('wasm')));
afterAll(() => dispose());

test.each([
  [6, 6],
  [40, 9],
  [9, 40],
])('a %i x %i matrix gets singular values near 1 and keeps its singular vectors', (rows, columns) => {
  const found = orthogonalised(random(rows * columns), { rows, columns });
  // Without noise in its singular values, the smaller Gram matrix would be the unit matrix.
  const gram = gramOf(found, rows, columns);
  const size = Math.min(rows, columns);
  const trace = Array.from({ length: size }, (_, i) => gram[i]![i]!);
  for (const square of trace) expect(square).toBeGreaterThan(0.3);
  for (const square of trace) expect(square).toBeLessThan(1.6);
  // A multiple is the same matrix.
  const scaled = orthogonalised(
    random(rows * columns).map((value) => value * 1e-5),
    { rows, columns },
  );
  for (const [i, value] of scaled.entries()) expect(value).toBeCloseTo(found[i] as number, 3);
});

test('a diagonal matrix is what the polynomial makes of its elements, five times; zeros stay zeros', () => {
  const diagonal = [3, -4, 0.5, 0];
  const given = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? (diagonal[i / 5] as number) : 0));
  const found = orthogonalised(given, { rows: 4, columns: 4 });
  const norm = Math.hypot(...diagonal);
  for (let i = 0; i < 16; i++) {
    let wanted = (given[i] as number) / norm;
    for (let k = 0; k < 5; k++) wanted = 3.4445 * wanted - 4.775 * wanted ** 3 + 2.0315 * wanted ** 5;
    expect(found[i]).toBeCloseTo(wanted, 5);
  }
  expect([...orthogonalised(new Float32Array(6), { rows: 2, columns: 3 })]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('filters between features are matrices of a column an output; images, vectors and buffers are left to Adam', () => {
  const table = tableOf([
    ['first', [3, 3, 3, 16]],
    ['bias', [16]],
    ['middle', [3, 3, 16, 24]],
    ['narrow', [1, 1, 16, 4]],
    ['last', [3, 3, 24, 3]],
    ['map', [3, 3, 24, 1]],
  ]);
  const matrices = muonMatrices(table);
  const start = 3 * 3 * 3 * 16 + 16;
  expect(matrices).toEqual([
    { start, rows: 144, columns: 24 },
    { start: start + 144 * 24, rows: 16, columns: 4 },
  ]);
  expect(outside(matrices, table.parameters)).toEqual([
    { from: 0, to: start },
    { from: start + 144 * 24 + 64, to: table.parameters },
  ]);
  expect(outside([{ start: 0, rows: 2, columns: 3 }], 6)).toEqual([]);
});

test('two steps by hand: momentum with a look ahead, and a root mean square of 0.2 learning rates', () => {
  const matrices = [{ start: 1, rows: 2, columns: 1 }];
  const firstMoment = Float32Array.of(7, 0, 0, 7);
  const secondMoment = Float32Array.of(7, 0, 0, 7);
  const directions = new Float32Array(4);
  const step = (gradients: Float32Array): void =>
    mixMomentum(matrices, { gradients, firstMoment, secondMoment, beta2: 0.5, directions });
  step(Float32Array.of(9, 2, -4, 9));
  step(Float32Array.of(9, 4, 0, 9));
  const close = (found: Float32Array, wanted: number[]): void =>
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
  const means = [0.95 * 0.1 + 0.2, 0.95 * -0.2] as const;
  close(firstMoment, [7, ...means, 7]);
  close(secondMoment, [7, 0.5 * 2 + 8, 0.5 * 8, 7]);
  close(directions, [0, 0.95 * means[0] + 0.2, 0.95 * means[1], 0]);

  const parameters = Float32Array.of(1, 1, 1, 1);
  moveAlong(matrices, { parameters, directions: Float32Array.of(9, 1, -1, 9), learningRate: 0.1 });
  close(parameters, [1, 1 - 0.02 * Math.SQRT2, 1 + 0.02 * Math.SQRT2, 1]);
});

function random(length: number): Float32Array {
  const stream = randomStream({ seed: 1, purpose: 'muon' });
  return Float32Array.from({ length }, () => stream.normal());
}

/** The matrix times its transpose, the shorter way round. */
function gramOf(values: Float32Array, rows: number, columns: number): number[][] {
  const at = (row: number, column: number): number => values[row * columns + column] as number;
  const [size, depth] = [Math.min(rows, columns), Math.max(rows, columns)];
  const item = (i: number, k: number): number => (rows > columns ? at(k, i) : at(i, k));
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += item(i, k) * item(j, k);
      return sum;
    }),
  );
}

function tableOf(filters: [name: string, shape: number[]][]): ParameterTable {
  let start = 0;
  const entries = filters.map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b);
    const entry = { name, shape, start, size, kind: 'parameter' };
    start += size;
    return entry;
  });
  return { entries, parameters: start, total: start } as unknown as ParameterTable;
}
