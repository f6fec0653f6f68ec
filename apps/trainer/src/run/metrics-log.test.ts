import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendMetrics, cutBack, type MetricsLine } from './metrics-log.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'metrics-'));
  file = join(dir, 'metrics.jsonl');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const train = (step: number): MetricsLine => ({
  split: 'train',
  step,
  epoch: 0,
  images: 16 * step,
  loss: { pixel: 0.01 },
  lr: 0.0002,
  imagesPerSecond: 3.1,
});
const val = (step: number): MetricsLine => ({
  split: 'val',
  step,
  protocol: 'sparnet',
  psnr: 25.5,
  ssim: 0.75,
  bicubic: { psnr: 23.5, ssim: 0.65 },
});

test('lines are written as the format says', () => {
  appendMetrics(file, train(100));
  appendMetrics(file, val(100));
  expect(readFileSync(file, 'utf8')).toBe(
    '{"split":"train","step":100,"epoch":0,"images":1600,"loss":{"pixel":0.01},"lr":0.0002,"imagesPerSecond":3.1}\n' +
      '{"split":"val","step":100,"protocol":"sparnet","psnr":25.5,"ssim":0.75,"bicubic":{"psnr":23.5,"ssim":0.65}}\n',
  );
});

test('cutting back keeps the lines up to the step, wherever the file was torn', async () => {
  const steps = [10, 20, 20, 30, 40];
  const lines = steps.map((step, i) => `${JSON.stringify(i === 2 ? val(step) : train(step))}\n`);
  const whole = lines.join('');
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.integer({ min: 0, max: 50 }), async (end, step) => {
      writeFileSync(file, whole.slice(0, end));
      await cutBack(file, step);
      const complete = whole.slice(0, end).split('\n').length - 1;
      expect(readFileSync(file, 'utf8')).toBe(
        lines.filter((_, i) => i < complete && steps[i]! <= step).join(''),
      );
    }),
    { numRuns: 60 },
  );
});

test('a validation that was put off at the step goes too', async () => {
  for (const line of [val(10), train(20), val(20), train(30)]) appendMetrics(file, line);
  expect(await cutBack(file, 20, { validated: false })).toBe(2);
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(val(10))}\n${JSON.stringify(train(20))}\n`);
});

test('the number of removed lines is told; a missing file is none', async () => {
  expect(await cutBack(file, 10)).toBe(0);
  for (const step of [10, 20, 30]) appendMetrics(file, train(step));
  expect(await cutBack(file, 20)).toBe(1);
  expect(await cutBack(file, 20)).toBe(0);
});

test('a file that cannot be written is an error', () => {
  expect(() => appendMetrics(join(dir, 'none', 'metrics.jsonl'), train(1))).toThrow('cannot be written');
});
