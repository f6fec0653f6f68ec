import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from './in-order.ts';

test('items are passed on in order, one at a time, whatever the order they come in', async () => {
  const places = Array.from({ length: 12 }, (_, i) => i + 3);
  const anyOrder = fc.shuffledSubarray(places, { minLength: places.length });
  await fc.assert(
    fc.asyncProperty(anyOrder, async (order) => {
      const passed: number[] = [];
      let busy = 0;
      const lines = inOrder(3, async (item: string, at) => {
        expect([item, ++busy]).toEqual([`item ${at}`, 1]);
        await Promise.resolve();
        passed.push(at);
        busy -= 1;
      });
      await Promise.all(order.map((at) => lines.put(at, `item ${at}`)));
      expect(passed).toEqual(places);
    }),
  );
});
