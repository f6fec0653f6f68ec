import { SparnetError } from '@sparnet/core';
import { scope } from '@sparnet/engine';
import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { fromDisk, shapeOnDisk } from './disk-layout.ts';
import type { Slot } from './module.ts';

/** The keys in which a state dict and a module differ; both empty after a strict load. */
export interface LoadReport {
  /** Wanted by the module, not in the state dict: left as they were. */
  missing: string[];
  /** In the state dict, unknown to the module: not used. */
  extra: string[];
}

/** Set `slots` from `state`; see `Module.loadStateDict`. */
export function loadStateDict(
  slots: readonly Slot[],
  state: StateDict,
  { strict }: { strict: boolean },
): LoadReport {
  const given = withoutWrapper(state);
  const known = new Set(slots.map(({ name }) => name));
  const missing = slots.filter(({ name }) => !given.has(name)).map(({ name }) => name);
  const extra = [...given.keys()].filter((key) => !known.has(key));
  const misshaped = slots.flatMap((slot) => shapeComplaint(slot, given.get(slot.name)));
  if (misshaped.length > 0 || (strict && missing.length + extra.length > 0)) {
    throw refusal({ missing: strict ? missing : [], extra: strict ? extra : [], misshaped });
  }
  const values = slots.map((slot) => valuesFor(slot, given.get(slot.name)));
  for (const [index, { variable }] of slots.entries()) {
    const data = values[index];
    if (data) scope(() => variable.assign(tf.tensor(data, variable.shape)));
  }
  return { missing, extra };
}

/** PyTorch's `DataParallel` puts `module.` in front of every key. */
function withoutWrapper(state: StateDict): Map<string, TensorData> {
  const entries = Object.entries(state);
  const wrapped = entries.length > 0 && entries.every(([key]) => key.startsWith('module.'));
  return new Map(wrapped ? entries.map(([key, value]) => [key.slice('module.'.length), value]) : entries);
}

function shapeComplaint(slot: Slot, given: TensorData | undefined): string[] {
  if (!given) return [];
  const wanted = shapeOnDisk(slot.variable.shape, slot.layout).join(', ');
  const found = given.shape.join(', ');
  if (wanted !== found) return [`${slot.name} [${found}] instead of [${wanted}]`];
  const { length } = given.data;
  return length === slot.variable.size ? [] : [`${slot.name} [${found}] with ${length} values`];
}

function valuesFor(slot: Slot, given: TensorData | undefined): Float32Array | undefined {
  if (!given) return undefined;
  return fromDisk(toFloat32(given), slot.variable.shape, slot.layout);
}

function refusal(problems: { missing: string[]; extra: string[]; misshaped: string[] }): SparnetError {
  const part = (title: string, items: string[]): string[] =>
    items.length > 0 ? [`${items.length} ${title}: ${shortened(items)}`] : [];
  const parts = [
    ...part('missing', problems.missing),
    ...part('left over', problems.extra),
    ...part('of another shape', problems.misshaped),
  ];
  const advice = 'check that the configuration is the one the weights were trained with';
  const code = problems.missing.length > 0 ? 'missing-key' : 'bad-state';
  return new SparnetError(
    code,
    `the state dict does not fit the module: ${parts.join('. ')}. Way out: ${advice}.`,
  );
}

function shortened(items: string[]): string {
  const shown = items.slice(0, 8).join('; ');
  return items.length > 8 ? `${shown} and ${items.length - 8} more` : shown;
}
