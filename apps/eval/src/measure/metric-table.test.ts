import { flipHorizontal, type Image } from '@sparnet/image';
import { useEngine } from '@sparnet/engine';
import { afterEach, expect, test, vi } from 'vitest';
import { folderOf, picture, pictures, tempFolder } from '../eval-fixture.ts';
import { evaluate } from '../evaluate.ts';
import { openMetrics, type OpenMetric } from './metric-table.ts';

afterEach(() => vi.unstubAllEnvs());

test.each(['nme', 'identity'] as const)('%s of equal faces is perfect, of others worse', async (name) => {
  const engine = await useEngine('wasm');
  const [[, { measure, detail }]] = (await openMetrics([name], { protocol: 'sparnet', border: 0 })) as [
    [string, OpenMetric],
  ];
  const face = picture(3, 64);
  const perfect = name === 'nme' ? 0 : 1;
  expect(await measure(face, face)).toBeCloseTo(perfect, 12);
  const other = Number(await measure(flipHorizontal(face), face));
  expect(name === 'nme' ? other : 1 - other).toBeGreaterThan(1e-4);
  expect(detail).toContain('face-api');
  engine.dispose();
});

test('identity says who is recognised among all, whatever the number of threads; a shard does not', async () => {
  const folder = await folderOf(pictures(3, 64));
  const options = { hr: folder, metrics: ['identity'], engine: 'wasm' } as const;
  const own = await evaluate({ ...options, sr: folder, workers: 2 });
  expect(own.identification).toMatchObject({ count: 3, rank1: 1 });
  expect(own.identification?.others).toBeLessThan(own.summary['identity']?.mean as number);
  const [one, two, three] = Object.values(pictures(3, 64)) as [Image, Image, Image];
  const sr = await folderOf({ '00.png': two, '01.png': one, '02.png': three });
  const swapped = await evaluate({ ...options, sr, workers: 1 });
  expect(swapped.identification).toMatchObject({
    count: 3,
    rank1: 1 / 3,
    network: own.identification?.network,
  });
  const shard = await evaluate({ ...options, sr, workers: 1, shard: { index: 1, of: 2 } });
  expect(shard).not.toHaveProperty('identification');
}, 180_000);

test('weights that are missing end the evaluation before it starts, with what to do', async () => {
  vi.stubEnv('SPARNET_WEIGHTS', tempFolder());
  vi.stubEnv('XDG_CACHE_HOME', tempFolder());
  vi.stubEnv('SPARNET_OFFLINE', '1');
  const hr = await folderOf(pictures(1));
  const asked = evaluate({ model: 'bicubic', hr, metrics: ['lpips-alex'], engine: 'wasm', workers: 1 });
  await expect(asked).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringMatching(/SPARNET_WEIGHTS/) as string,
  });
});
