import { expect, test } from 'vitest';
import { formatDuration } from 'command-line';
import { openProgress, type ProgressStream } from './progress.ts';

function collector(isTTY: boolean): ProgressStream & { text: string } {
  const stream = {
    isTTY,
    columns: 120,
    text: '',
    write(text: string) {
      stream.text += text;
    },
  };
  return stream;
}
const step = (number: number, milliseconds = 2000) => ({
  step: number,
  loss: 0.0123456,
  lr: 2e-4,
  images: 8,
  milliseconds,
  waitMs: milliseconds / 4,
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [185, '3 min 05 s'],
  [3599.6, '1 h 00 min'],
  [7620, '2 h 07 min'],
  [86_399, '1 d 00 h'],
  [273_600, '3 d 04 h'],
  [-3, '0 s'],
  [Infinity, '?'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('without a terminal: plain lines, no more often than the interval', () => {
  const stream = collector(false);
  let time = 0;
  const progress = openProgress({ total: 1000, stream, intervalSeconds: 10, now: () => time });
  for (let number = 1; number <= 12; number++) {
    time += 2000;
    progress.update(step(number));
  }
  expect(stream.text.split('\n')).toEqual([
    'step 1/1000  loss 0.01235  lr 2.0e-4  4.00 images/s  data wait 25%  left 33 min 18 s',
    'step 6/1000  loss 0.01235  lr 2.0e-4  4.00 images/s  data wait 25%  left 33 min 08 s',
    'step 11/1000  loss 0.01235  lr 2.0e-4  4.00 images/s  data wait 25%  left 32 min 58 s',
    '',
  ]);
  progress.close();
  expect(stream.text).toContain('step 12/1000');
  for (const control of ['\r', '\u001b']) expect(stream.text).not.toContain(control);
});

test('on a terminal: one line redrawn in place, ended once', () => {
  const stream = collector(true);
  let time = 0;
  const progress = openProgress({ total: 3, stream, now: () => time });
  for (const number of [1, 2]) {
    time += 2000;
    progress.update(step(number));
  }
  progress.close();
  const drawn = stream.text.split('\r\u001b[K');
  expect(drawn.map((line) => line.slice(0, 8))).toEqual(['', 'step 1/3', 'step 2/3']);
  expect(stream.text.match(/\n/g)).toHaveLength(1);
  expect(stream.text.endsWith('\n')).toBe(true);
});

test('a narrow terminal gets a line that does not wrap', () => {
  const stream = { ...collector(true), columns: 30 };
  let text = '';
  stream.write = (part: string) => {
    text += part;
  };
  openProgress({ total: 3, stream }).update(step(1));
  expect(text.replace('\r\u001b[K', '')).toHaveLength(29);
});

test('the speed follows the last steps', () => {
  const progress = openProgress({ total: 100, stream: collector(false) });
  expect(progress.imagesPerSecond).toBe(0);
  progress.update(step(1, 4000));
  expect(progress.imagesPerSecond).toBe(2);
  for (let number = 2; number <= 60; number++) progress.update(step(number, 1000));
  expect(progress.imagesPerSecond).toBeGreaterThan(7.9);
});
