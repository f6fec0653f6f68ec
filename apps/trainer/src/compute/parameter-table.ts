import { SparnetError } from '@sparnet/core';
import { fromDisk, shapeOnDisk, toDisk, type Slot } from '@sparnet/layers';
import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';

/** Where a variable of the network lies in the flat vector of all values. */
export interface TableEntry extends Omit<Slot, 'variable'> {
  /** In memory: filters are [height, width, in, out]. */
  shape: number[];
  start: number;
  size: number;
}

/**
 * The network's variables as one flat vector, trained ones first: what workers share, the optimiser steps through and
 * a checkpoint is made of. Plain data, so that threads can pass it on.
 */
export interface ParameterTable {
  entries: TableEntry[];
  /** How many of the values are trained; buffers follow. */
  parameters: number;
  total: number;
}

export function tableOf(slots: readonly Slot[]): ParameterTable {
  const entries: TableEntry[] = [];
  let start = 0;
  let parameters = 0;
  for (const kind of ['parameter', 'buffer'] as const) {
    for (const { variable, ...slot } of slots.filter((candidate) => candidate.kind === kind)) {
      entries.push({ ...slot, shape: [...variable.shape], start, size: variable.size });
      start += variable.size;
    }
    if (kind === 'parameter') parameters = start;
  }
  return { entries, parameters, total: start };
}

/** The values under their PyTorch keys and in PyTorch's layout, in the network's order. */
export function toStateDict({ entries }: ParameterTable, values: Float32Array): StateDict {
  return Object.fromEntries(entries.map((entry) => [entry.name, tensorOf(entry, values)]));
}

/** A vector as long as the trained parameters (an optimiser's moment), under their keys with `suffix` behind. */
export function momentsToStateDict(
  { entries }: ParameterTable,
  moment: Float32Array,
  suffix: string,
): StateDict {
  const trained = entries.filter(({ kind }) => kind === 'parameter');
  return Object.fromEntries(trained.map((entry) => [entry.name + suffix, tensorOf(entry, moment)]));
}

/**
 * Read what {@link toStateDict} or {@link momentsToStateDict} wrote back into `values`.
 *
 * @throws SparnetError `bad-state` naming the first tensor that is missing or has another shape.
 */
export function fromStateDict(
  { entries }: ParameterTable,
  state: StateDict,
  values: Float32Array,
  suffix = '',
): void {
  for (const entry of entries) {
    if (entry.start >= values.length) continue;
    const tensor = state[entry.name + suffix];
    const shape = shapeOnDisk(entry.shape, entry.layout);
    if (tensor?.shape.join() !== shape.join()) {
      const found = tensor ? `has shape [${tensor.shape.join(', ')}]` : 'is missing';
      throw new SparnetError(
        'bad-state',
        `${entry.name + suffix} ${found}, the network needs [${shape.join(', ')}]: the checkpoint is of another one`,
      );
    }
    values.set(fromDisk(toFloat32(tensor), entry.shape, entry.layout), entry.start);
  }
}

function tensorOf(entry: TableEntry, values: Float32Array): TensorData {
  const part = values.slice(entry.start, entry.start + entry.size);
  const shape = shapeOnDisk(entry.shape, entry.layout);
  if (entry.dtype === 'I64') {
    return { dtype: 'I64', shape, data: BigInt64Array.from(part, (value) => BigInt(Math.round(value))) };
  }
  return { dtype: 'F32', shape, data: toDisk(part, entry.shape, entry.layout) };
}
