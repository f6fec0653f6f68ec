import type { Reference } from './reference.ts';

/** True for the folders of operations and small networks, which a slow engine can do in minutes. */
export function isQuick(folder: string): boolean {
  return /^(blocks|resize|sparnet-[a-z0-9]+-[a-z]+)$/.test(folder);
}

/** A network's reference numbers up to its first gradients: without the steps of the optimiser. */
export function withoutOptimiser(reference: Reference): Reference {
  const scalars = Object.entries(reference.json['scalars'] ?? {});
  return {
    ...reference,
    json: {
      ...reference.json,
      scalars: Object.fromEntries(scalars.filter(([name]) => !name.startsWith('adam_'))),
    },
    lists: (file) => !file.startsWith('adam5') && reference.lists(file),
  };
}
