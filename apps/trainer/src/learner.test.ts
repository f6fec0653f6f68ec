import { expect, test } from 'vitest';
import type { TableEntry } from './compute/parameter-table.ts';
import { takeBuffers, type Learner } from './learner.ts';

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
