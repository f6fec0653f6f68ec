import { expect, test } from 'vitest';
import type { TableEntry } from './compute/parameter-table.ts';
import { takeBuffers, updateAverage, type Learner } from './learner.ts';

test('a counter that is a mean of uneven shards stays a whole number, statistics stay as they are', () => {
  const entry = { layout: 'vector', kind: 'buffer', shape: [1], size: 1 } as const;
  const table = {
    entries: [
      { ...entry, name: 'weight', kind: 'parameter', dtype: 'F32', start: 0 },
      { ...entry, name: 'mean', dtype: 'F32', start: 1 },
      { ...entry, name: 'count', dtype: 'I64', start: 2 },
    ] as unknown as TableEntry[],
    parameters: 1,
    total: 3,
  };
  const values = Float32Array.of(7, 0, 0);
  takeBuffers({ table, values, buffers: Float32Array.of(2.75, 2.9999998) } as unknown as Learner);
  expect([...values]).toEqual([7, 2.75, 3]);
});

test.each(['before', 'after'] as const)(
  'the average has singular vectors of its own, moved %s a step',
  (order) => {
    const part = (name: string, start: number, size: number, shape: number[]) => ({
      name,
      start,
      size,
      shape,
      dtype: 'F32',
    });
    const table = {
      entries: [
        part('conv.weight_orig', 0, 4, [2, 2]),
        part('conv.weight_u', 4, 2, [2]),
        part('conv.weight_v', 6, 2, [2]),
      ] as unknown as TableEntry[],
      parameters: 4,
      total: 8,
    };
    // The largest singular value changes its place: the mean of both directions is shorter than 1.
    const values = Float32Array.of(3, 0, 0, 1, 1, 0, 1, 0);
    const average = Float32Array.of(1, 0, 0, 2, 0, 1, 0, 1);
    updateAverage({ table, values }, average, { decay: 0.5, order, step: 100 });
    expect([...average.subarray(0, 4)]).toEqual([2, 0, 0, 1.5]);
    for (const start of [4, 6]) expect(Math.hypot(...average.subarray(start, start + 2))).toBeCloseTo(1, 6);
  },
);
