import type { Shard } from './compute/messages.ts';

/** A batch cut into shards of at most `size` images: the same cuts for any number of workers. */
export function shardsOf(
  { hr, input }: { hr: Uint8Array; input: Uint8Array },
  { images, size }: { images: number; size: number },
): Shard[] {
  const shards: Shard[] = [];
  for (let start = 0; start < images; start += size) {
    const end = Math.min(start + size, images);
    const part = (bytes: Uint8Array): Uint8Array => {
      const image = bytes.length / images;
      return bytes.slice(start * image, end * image);
    };
    shards.push({ count: end - start, input: part(input), target: part(hr) });
  }
  return shards;
}
