import { shuffledIndices } from '@sparnet/core';

/** Where a picture of a batch comes from: a position in an epoch's order. */
export interface Slot {
  epoch: number;
  position: number;
}

/** Which pictures the batches of a run hold. */
interface BatchOrder {
  /** Whole batches in an epoch; below 1 when the set is smaller than a batch. */
  stepsPerEpoch: number;
  /** The slots of the batch of a step. */
  slots(step: number): Slot[];
  /** The picture of a slot: the first one from its position on, around the epoch's order, that `usable` takes. */
  pictureAt(slot: Slot, usable: (picture: number) => boolean): number | undefined;
}

/** Orders kept: a batch being replaced and the ones ahead seldom touch more epochs. */
const keptOrders = 3;

/**
 * The order of a run's batches, a function of the seed, the step, the batch size and the number of pictures alone.
 *
 * Each epoch has its own random order; an epoch's last, short batch is dropped. A set smaller than one batch goes on
 * with the orders of the following epochs within a batch, so that every picture is seen equally often.
 */
export function batchOrder({
  count,
  batchSize,
  seed,
}: {
  count: number;
  batchSize: number;
  seed: number;
}): BatchOrder {
  const small = count < batchSize;
  const stepsPerEpoch = small ? count / batchSize : Math.floor(count / batchSize);
  const orders = new Map<number, Uint32Array>();

  function order(epoch: number): Uint32Array {
    const known = orders.get(epoch);
    if (known) return known;
    const made = shuffledIndices(count, { seed, purpose: 'order', epoch });
    for (const oldest of orders.keys()) if (orders.size >= keptOrders) orders.delete(oldest);
    orders.set(epoch, made);
    return made;
  }
  return {
    stepsPerEpoch,
    slots(step) {
      const first = small ? step * batchSize : (step % stepsPerEpoch) * batchSize;
      const epoch = small ? 0 : Math.floor(step / stepsPerEpoch);
      return Array.from({ length: batchSize }, (_, i) => ({
        epoch: epoch + Math.floor((first + i) / count),
        position: (first + i) % count,
      }));
    },
    pictureAt({ epoch, position }, usable) {
      const pictures = order(epoch);
      for (let i = 0; i < count; i++) {
        const picture = pictures[(position + i) % count];
        if (picture !== undefined && usable(picture)) return picture;
      }
      return undefined;
    },
  };
}
