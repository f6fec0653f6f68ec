import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import { dryRun } from './dry-run.ts';
import { tinyRun } from './run-fixture.ts';
import { train } from './train.ts';

test('a dry run tells what a run would be, predicts its memory, and leaves nothing', async () => {
  const options = await tinyRun({ batch: 4, shard: 2, workers: 2 });
  const found = await dryRun(options);
  expect(found).toMatchObject({ photographs: 7, engine: 'wasm', workers: 2, steps: 12 });
  const { total, vectors, worker, rest } = found.memory;
  expect(total).toBeCloseTo(vectors + 2 * (worker.networks + worker.shard) + rest, -2);
  expect(worker.shard).toBeGreaterThan(0);
  expect(existsSync(options.out)).toBe(false);

  const larger = await dryRun({ ...options, shard: 4 });
  expect(larger.memory.worker.shard).toBeGreaterThan(1.5 * worker.shard);
});

test('it refuses what training would refuse', async () => {
  const options = await tinyRun({ steps: 1, warmup: 0 });
  const picture = join(tempFolder(), 'picture.png');
  writeFileSync(picture, 'no weights');
  const refused: [Partial<typeof options>, string][] = [
    [{ val: ['/nowhere'] }, '/nowhere'],
    [{ init: '/nowhere' }, '--init'],
    [{ init: picture }, picture],
    [{ initTraining: '/nowhere' }, '--init-training'],
    [{ batch: 0 }, 'batch'],
  ];
  for (const [change, word] of refused) await expect(dryRun({ ...options, ...change })).rejects.toThrow(word);
  await train(options);
  const files = readdirSync(options.out, { recursive: true });
  await expect(dryRun(options)).rejects.toThrow('already holds a run');
  expect(readdirSync(options.out, { recursive: true })).toEqual(files);
});
