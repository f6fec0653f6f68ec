/** How a batch is divided, so that everybody computes the same although batch norm looks at a shard of ours at once. */
export interface Portions {
  /** The batch repeats this many different images: whatever part or shard is taken, its statistics are the same. */
  unit: number;
  /** Images that a worker of ours takes at once. */
  shard: number;
}

/** Divide a batch that is also halved, if it is even, for `parts` workers that take at most `most` images at once. */
export function portionsOf(batch: number, { parts, most }: { parts: number; most: number }): Portions {
  const unit = largestDivisor(batch % 2 === 0 ? batch / 2 : batch, { most });
  return { unit, shard: unit * largestDivisor(batch / parts / unit, { most: Math.floor(most / unit) }) };
}

function largestDivisor(value: number, { most }: { most: number }): number {
  let divisor = Math.min(value, most);
  while (value % divisor !== 0) divisor -= 1;
  return divisor;
}
