import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from './eval-fixture.ts';
import { resultOf } from './result-fixture.ts';
import { readResult } from './result.ts';

const good = resultOf({ a: 30, b: 'Infinity', c: null });

async function reading(value: unknown): Promise<unknown> {
  const file = join(tempFolder(), 'a.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return readResult(file);
}

test('a result is read as it was', async () => {
  expect(await reading(good)).toEqual(good);
  const { scale: _, ...unscaled } = resultOf({ a: 1, b: 2, c: 3, d: 4, e: 5 });
  expect(await reading(unscaled)).toEqual(unscaled);
  const identification = { network: 'n', count: 3, rank1: 1, others: -0.5 };
  expect(await reading({ ...good, identification })).toEqual({ ...good, identification });
  const older = { ...good, summary: { psnr: { ...good.summary['psnr'], ci95: null } } };
  expect(await reading(older)).toEqual(older);
});

test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /a\.json: not JSON/],
  ['a comparison', { ...good, format: 'sparnet-comparison-1' }, /for format, got "sparnet-comparison-1"/],
  ['a list', [good], /an object for result/],
  ['a field too many', { ...good, colour: 1 }, /got "colour"/],
  ['no protocol', { ...good, protocol: undefined }, /for protocol, got nothing/],
  ['a fraction', { ...good, scale: 2.5 }, /scale, got 2\.5/],
  ['a wrong count', { ...good, count: 2 }, /number of images \(3\)/],
  ['a score that is text', { ...good, images: [{ name: 'a', psnr: '30' }] }, /images\[0\]\.psnr, got "30"/],
  ['a score too few', { ...good, images: [{ name: 'a' }] }, /images\[0\]\.psnr, got nothing/],
  ['an unknown metric', { ...good, images: [{ name: 'a', psnr: 1, ssim: 1 }] }, /images\[0\], got "ssim"/],
  ['rows out of order', { ...good, images: good.images.toReversed() }, /images\[1\]\.name, got "b"/],
  [
    'a picture that is a script',
    { ...good, gallery: [entry('data:text/html;base64,AAAA')] },
    /gallery\[0\]\.sr/,
  ],
  [
    'more than all recognised',
    { ...good, identification: { network: 'n', count: 3, rank1: 1.5, others: 0 } },
    /a number from 0 to 1 for identification\.rank1, got 1\.5/,
  ],
  ['a shard beyond the last', { ...good, shard: { index: 3, of: 2 } }, /shard\.index/],
])('refused: %s', async (_, value, message) => {
  await expect(reading(value)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(message) as string,
  });
});

function entry(sr: string) {
  const [lr, input, hr] = Array.from({ length: 3 }, () => 'data:image/png;base64,AAAA');
  return { name: 'a', place: 'best', metric: 'psnr', score: 30, lr, input, sr, hr };
}
