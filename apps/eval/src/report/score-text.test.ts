import { expect, test } from 'vitest';
import type { MetricInfo, Score } from '../result.ts';
import { metricTitle, scoreText } from './score-text.ts';

const psnr: MetricInfo = { higherIsBetter: true, unit: 'dB', range: [0, 'Infinity'] };
const ssim: MetricInfo = { higherIsBetter: true, range: [-1, 1] };
const fid: MetricInfo = { higherIsBetter: false, range: [0, 'Infinity'] };

test.each<[Score | undefined, MetricInfo, string]>([
  [26.36254, psnr, '26.363'],
  ['Infinity', psnr, '∞'],
  [null, psnr, '–'],
  [undefined, psnr, '–'],
  [0.74413, ssim, '0.7441'],
  [-0.05, ssim, '−0.0500'],
  [-0.000001, ssim, '0.0000'],
  [1, ssim, '1.0000'],
  [123.456, fid, '123.5'],
  [12.3456, fid, '12.35'],
  [1234567, fid, '1234567'],
  [0, fid, '0.0000'],
])('%s of %o is %s', (score, metric, text) => {
  expect(scoreText(score, metric)).toBe(text);
});

test('differences carry their sign', () => {
  expect([2, -2, 0].map((score) => scoreText(score, psnr, { sign: true }))).toEqual([
    '+2.000',
    '−2.000',
    '0.000',
  ]);
});

test('titles name the unit', () => {
  expect([metricTitle('psnr', psnr), metricTitle('ssim', ssim), metricTitle('ms-ssim', ssim)]).toEqual([
    'PSNR, dB',
    'SSIM',
    'ms-ssim',
  ]);
});
