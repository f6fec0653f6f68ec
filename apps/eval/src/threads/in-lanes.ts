/**
 * Works on items, as many at once as there are lanes. When one fails or the signal asks, the others at hand are finished,
 * no more is begun, and the first error or the signal's reason is thrown.
 */
export async function inLanes<Item>(
  items: readonly Item[],
  { lanes, signal }: { lanes: number; signal?: AbortSignal | undefined },
  work: (item: Item, at: number) => Promise<void>,
): Promise<void> {
  const left = items.entries();
  let failed = false;
  async function lane(): Promise<void> {
    // The lanes share one iterator.
    for (const [at, item] of left) {
      if (failed || signal?.aborted) return;
      await work(item, at).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  }
  const settled = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const rejected = settled.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
  signal?.throwIfAborted();
}
