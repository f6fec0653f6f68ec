import { SparnetError } from '@sparnet/core';
import type { StateDict, TensorData } from '@sparnet/weights';
import { readWeights } from '@sparnet/weights/node';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of reference numbers: its `case.json` and the tensors beside it. */
export interface Reference {
  folder: string;
  /** What case.json says. Each suite reads the part it knows. */
  json: Record<string, unknown>;
  /** Does case.json list `<file>.safetensors` among its tensors? */
  lists(file: string): boolean;
  /** The tensors of `<file>.safetensors`. */
  read(file: string): Promise<StateDict>;
  /** The files that case.json lists or that lie in the folder, and that nobody has read yet. */
  unread(): string[];
}

export function openReference(folder: string): Reference {
  const path = join(folder, 'case.json');
  const json = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : {};
  const listed = Object.keys(json['tensors'] ?? {});
  const present = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  const unread = new Set([...listed, ...present.map((name) => name.replace(/\.safetensors$/, ''))]);
  return {
    folder,
    json,
    lists: (file) => listed.includes(file),
    async read(file) {
      const tensors = await readWeights(join(folder, `${file}.safetensors`));
      unread.delete(file);
      return tensors;
    },
    unread: () => [...unread],
  };
}

/** The tensor of that name. */
export function pick(state: StateDict, name: string): TensorData {
  const tensor = state[name];
  if (!tensor) throw new SparnetError('missing-key', `${name} is not among the reference tensors`);
  return tensor;
}

/** The tensors whose names begin with `prefix`, without it. */
export function under(state: StateDict, prefix: string): StateDict {
  const entries = Object.entries(state).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
