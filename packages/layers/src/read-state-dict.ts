import type { StateDict, TensorData } from '@sparnet/weights';
import { shapeOnDisk, toDisk } from './disk-layout.ts';
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
  const { shape } = variable;
  return { dtype, shape: shapeOnDisk(shape, layout), data: toDisk(values, shape, layout) };
}
