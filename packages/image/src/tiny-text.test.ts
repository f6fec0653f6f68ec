import { expect, test } from 'vitest';
import { tinyText, toGrey, type Image } from './index.ts';

test('text is drawn, cut to its width, and unknown characters are blank', () => {
  const lines = (image: Image) =>
    Array.from({ length: image.height }, (_, y) =>
      [...toGrey(image).data.subarray(y * image.width, (y + 1) * image.width)]
        .map((level) => (level > 99 ? '#' : '.'))
        .join(''),
    );
  expect(lines(tinyText('lé', 16)).filter((_, y) => y % 2 === 0)).toEqual([
    '................',
    '##..............',
    '##..............',
    '##..............',
    '##..............',
    '######..........',
    '................',
  ]);
  expect(tinyText('8888', 16).data).toEqual(tinyText('88', 16).data);
  expect(Math.max(...tinyText('8', 3).data)).toBeLessThan(99);
});
