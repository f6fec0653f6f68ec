import type { StateDict, TensorData } from '@sparnet/weights';
import { filterShapeOnDisk, filterToDisk } from './filter-layout.ts';
import type { Slot } from './module.ts';

/** The values of `slots` under their PyTorch keys, in PyTorch's layout; counters as 64-bit integers. */
export async function readStateDict(slots: readonly Slot[]): Promise<StateDict> {
  const entries = slots.map(async (slot): Promise<[string, TensorData]> => [slot.name, await readSlot(slot)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function readSlot({ variable, dtype, layout }: Slot): Promise<TensorData> {
  const values = (await variable.data()) as Float32Array;
  if (dtype === 'I64') {
    return {
      dtype,
      shape: [...variable.shape],
      data: BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
    };
  }
  if (layout === 'plain') return { dtype, shape: [...variable.shape], data: Float32Array.from(values) };
  return { dtype, shape: filterShapeOnDisk(variable.shape), data: filterToDisk(values, variable.shape) };
}
