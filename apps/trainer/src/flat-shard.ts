import type { Batch } from './data/loader.ts';

/**
 * The pictures of the first shard of a batch that holds nothing but pictures of one colour, or none. Batch norm divides by
 * what such a shard lacks, the deviation: its gradients are hundreds of times as large at every layer.
 */
export function flatShard(
  { input, names }: Pick<Batch, 'input' | 'names'>,
  { size }: { size: number },
): string[] {
  const bytes = input.length / names.length;
  const flat = names.map((_, at) => isOneColour(input.subarray(at * bytes, (at + 1) * bytes)));
  for (let start = 0; start < names.length; start += size) {
    if (flat.slice(start, start + size).every(Boolean)) return names.slice(start, start + size);
  }
  return [];
}

function isOneColour(rgb: Uint8Array): boolean {
  return rgb.every((level, i) => level === rgb[i % 3]);
}
