import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noAugmentation } from './augmentation.ts';
import { createLoaderPool } from './loader-pool.ts';
import { pngs } from './picture-fixture.ts';
import { tempFolder } from './temp-folder.ts';

const settings = { outputSize: 4, scale: 2, inputSize: 2, seed: 1, augmentation: noAugmentation };

test('a worker that dies refuses its job, those that wait and those that come', async () => {
  const pool = createLoaderPool({ workers: 1, settings });
  // A task without a place is a mistake that no worker expects.
  const job = { ...buffers(), tasks: [{ at: 0, epoch: 0, position: 0 } as never] };
  const dying = pool.run(job);
  const waiting = pool.run({ ...buffers(), tasks: [] });
  await expect(dying).rejects.toMatchObject({ code: 'worker-died' });
  await expect(waiting).rejects.toMatchObject({ code: 'worker-died' });
  await expect(pool.run({ ...buffers(), tasks: [] })).rejects.toMatchObject({ code: 'worker-died' });
  await pool.close();
});

test('a picture that is gone is reported, what concerns no picture is an error with its own code', async () => {
  const [png] = await pngs(1);
  const path = join(tempFolder(), 'a.png');
  writeFileSync(path, png as Uint8Array);
  const place = { name: 'a.png', path, offset: 0, size: png?.length ?? 0 };
  const task = { at: 0, epoch: 0, position: 0, place };
  // Nothing checks the scale on the way here, so this stands for any other error of ours in a worker.
  const pool = createLoaderPool({ workers: 1, settings: { ...settings, scale: 3 } });
  const missing = { ...task, place: { ...place, path: `${path}.gone` } };
  const { failed } = await pool.run({ ...buffers(), tasks: [missing] });
  expect(failed).toEqual([{ at: 0, reason: `${path}.gone is not there any more` }]);
  await expect(pool.run({ ...buffers(), tasks: [task] })).rejects.toMatchObject({ code: 'bad-argument' });
  await pool.close();
});

function buffers(): { hr: Uint8Array<ArrayBuffer>; input: Uint8Array<ArrayBuffer> } {
  return { hr: new Uint8Array(48), input: new Uint8Array(12) };
}
