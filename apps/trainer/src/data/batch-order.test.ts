import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchOrder } from './batch-order.ts';

const all = (): boolean => true;

test('an epoch shows each picture at most once and drops its short last batch', () => {
  const order = batchOrder({ count: 10, batchSize: 4, seed: 1 });
  expect(order.stepsPerEpoch).toBe(2);
  expect([0, 1, 2].map((step) => order.slots(step)[0])).toEqual([
    { epoch: 0, position: 0 },
    { epoch: 0, position: 4 },
    { epoch: 1, position: 0 },
  ]);
  const pictures = [0, 1].flatMap((step) => order.slots(step).map((slot) => order.pictureAt(slot, all)));
  expect(new Set(pictures).size).toBe(8);
  const next = [2, 3].flatMap((step) => order.slots(step).map((slot) => order.pictureAt(slot, all)));
  expect(next).not.toEqual(pictures);
});

test('a set smaller than a batch goes on with the next orders, each picture equally often', () => {
  const order = batchOrder({ count: 3, batchSize: 8, seed: 1 });
  expect(order.stepsPerEpoch).toBe(3 / 8);
  const slots = [0, 1, 2].flatMap((step) => order.slots(step));
  expect(slots.map(({ epoch, position }) => 3 * epoch + position)).toEqual(
    Array.from({ length: 24 }, (_, i) => i),
  );
  const pictures = slots.map((slot) => order.pictureAt(slot, all));
  for (const picture of [0, 1, 2]) expect(pictures.filter((one) => one === picture)).toHaveLength(8);
});

test('an unusable picture gives its place to the next usable one, whatever was asked before', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.nat(5),
      fc.nat(11),
      fc.nat(0xfff),
      (count, epoch, at, mask) => {
        const usable = (picture: number): boolean => ((mask >> picture) & 1) === 1;
        const position = at % count;
        const order = batchOrder({ count, batchSize: 4, seed: 9 });
        const plain = Array.from({ length: count }, (_, i) =>
          order.pictureAt({ epoch, position: (position + i) % count }, all),
        );
        const expected = plain.find((picture) => usable(picture as number));
        expect(batchOrder({ count, batchSize: 4, seed: 9 }).pictureAt({ epoch, position }, usable)).toBe(
          expected,
        );
      },
    ),
  );
});
