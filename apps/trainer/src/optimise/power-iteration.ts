import { powerIteration } from '@sparnet/engine';
import type { ParameterTable, TableEntry } from '../compute/parameter-table.ts';

/**
 * One power iteration of every spectral norm in a flat vector of values, in place. It depends on the weights alone, so
 * that no forward pass is needed. Values without spectral norm stay as they are.
 */
export function iteratePower({ entries }: ParameterTable, values: Float32Array): void {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const filter of entries.filter(({ name }) => name.endsWith('weight_orig'))) {
    const stem = filter.name.slice(0, -'orig'.length);
    const part = ({ start, size }: TableEntry): Float32Array => values.subarray(start, start + size);
    const u = part(byName.get(`${stem}u`) as TableEntry);
    const v = part(byName.get(`${stem}v`) as TableEntry);
    const next = powerIteration(part(filter), u);
    u.set(next.u);
    v.set(next.v);
  }
}
