import { SparnetError } from '@sparnet/core';

/**
 * The error for a call that ran out of memory: what WebAssembly's allocator says when its 4 GiB are used up, and
 * JavaScript when it finds no room for an array. Nothing for other errors.
 *
 * @param error - What the call threw.
 * @param images - How many it was about.
 */
export function outOfMemory(error: unknown, images: number): SparnetError | undefined {
  const reason = error instanceof Error ? error.message : String(error);
  if (
    !/access out of bounds|Aborted\(|out of memory|bad_alloc|allocation failed|invalid (typed )?array length/i.test(
      reason,
    )
  )
    return undefined;
  const what = `the engine ran out of memory (${reason}) with ${images} ${images === 1 ? 'image' : 'images'} at once`;
  const wayOut =
    images > 1
      ? `lower --shard, to ${Math.floor(images / 2)} say (--batch may stay: it is summed up from shards)`
      : 'choose a smaller network (--preset, --network), or the engine native';
  return new SparnetError('bad-config', `${what}: ${wayOut}`, { cause: error });
}
