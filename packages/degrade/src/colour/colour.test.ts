import { createImage } from '@sparnet/image';
import { expect, test } from 'vitest';
import { grey, picture } from '../picture-fixture.ts';
import { jitterColour } from './jitter-colour.ts';
import { removeColour } from './remove-colour.ts';
import { shiftColour } from './shift-colour.ts';

test('without colour an image keeps its channels and has the luma of BT.601', () => {
  const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255);
  const image = createImage({ width: 3, height: 1, channels: 3, data });
  expect([...removeColour(image).data]).toEqual([76, 76, 76, 150, 150, 150, 29, 29, 29]);
  expect(removeColour(grey([[1, 2]]))).toEqual(grey([[1, 2]]));
});

test('a shift rounds, and clips at black and white', () => {
  const image = createImage({ width: 1, height: 1, channels: 3, data: Uint8Array.of(250, 100, 3) });
  expect([...shiftColour(image, { red: 9.5, green: -1.5, blue: -20 }).data]).toEqual([255, 99, 0]);
  expect([...shiftColour(grey([[7]]), { red: 1, green: 2, blue: 3 }).data]).toEqual([8, 9, 10]);
});

test('alpha and impossible shifts are refused', () => {
  expect(() => removeColour(picture(2, 2, { channels: 4 }))).toThrow('flatten alpha');
  expect(() => shiftColour(picture(2, 2), { red: 0, green: 999, blue: 0 })).toThrow('for green, got 999');
});

test('jitter follows torchvision', () => {
  const data = Uint8Array.of(200, 100, 50, 40, 80, 120);
  const image = createImage({ width: 2, height: 1, channels: 3, data });
  const jittered = (options: Parameters<typeof jitterColour>[1]) => [...jitterColour(image, options).data];
  expect(jittered({})).toEqual([...data]);
  expect(jittered({ brightness: 1.5 })).toEqual([255, 150, 75, 60, 120, 180]);
  // The greys are 124.18 and 72.6, their mean is 98.39.
  expect(jittered({ contrast: 0.5 })).toEqual([149, 99, 74, 69, 89, 109]);
  expect(jittered({ saturation: 0 })).toEqual([124, 124, 124, 73, 73, 73]);
  expect(jittered({ hue: 1 / 3 })).toEqual([50, 200, 100, 120, 40, 80]);
  expect(jittered({ hue: -0.5 })).toEqual([50, 150, 200, 120, 80, 40]);
  expect(jittered({ brightness: 2, contrast: 0, order: 'bchs' })).not.toEqual(
    jittered({ brightness: 2, contrast: 0, order: 'cbhs' }),
  );
});

test('a turned hue comes back', () => {
  const image = picture(12, 12);
  const back = jitterColour(jitterColour(image, { hue: 0.21 }), { hue: -0.21 });
  expect(Math.max(...back.data.map((level, i) => Math.abs(level - image.data[i]!)))).toBeLessThanOrEqual(1);
});

test('an order that is none is refused', () => {
  expect(() => jitterColour(picture(2, 2), { order: 'bbbb' })).toThrow('for order, got "bbbb"');
});
