import { SparnetError } from '@sparnet/core';
import { isPthRecord, isTensorData, type PthValue } from './pth-value.ts';
import type { StateDict, TensorData } from './tensor-data.ts';

/** Where training programs keep the state dict; averaged weights come before raw ones. */
const usualKeys = ['state_dict', 'params_ema', 'params', 'model', 'model_state_dict'];

const parallelPrefix = 'module.';

/**
 * Finds the state dict in a checkpoint: the object itself when it holds tensors only, else what it has under
 * `state_dict`, `params_ema`, `params`, `model` or `model_state_dict`, the first of them that holds tensors only. The
 * prefix `module.` of `DataParallel` is taken off when every name has it.
 *
 * @param value - What {@link parsePth} gave.
 * @param options - `name` is the file's name for messages.
 * @throws SparnetError `bad-file` that lists the keys there are when none of these is a state dict.
 */
export function stateDictOf(value: PthValue, { name = 'checkpoint' }: { name?: string } = {}): StateDict {
  if (isStateDict(value)) return withoutPrefix(value);
  const inside = isPthRecord(value) ? usualKeys.map((key) => value[key]).find(isStateDict) : undefined;
  if (inside !== undefined) return withoutPrefix(inside);
  const found = isPthRecord(value)
    ? `a dict with the keys ${Object.keys(value).slice(0, 20).join(', ')}`
    : 'no dict';
  throw new SparnetError(
    'bad-file',
    `${name}: found no state dict, but ${found}; take the right part of what parsePth returns`,
  );
}

function isStateDict(value: PthValue | undefined): value is StateDict {
  return isPthRecord(value) && Object.values(value).every(isTensorData);
}

function withoutPrefix(tensors: StateDict): StateDict {
  const entries: [string, TensorData][] = Object.entries(tensors);
  if (entries.length === 0 || !entries.every(([key]) => key.startsWith(parallelPrefix))) return tensors;
  const stripped = Object.create(null) as StateDict;
  for (const [key, tensor] of entries) stripped[key.slice(parallelPrefix.length)] = tensor;
  return stripped;
}
