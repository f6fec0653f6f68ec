import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useEngine } from '@sparnet/engine';
import { createSparnet } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import { networkConfig } from './network-config.ts';
import { tinyNetwork, tinyRun } from './run-fixture.ts';
import { resume, train } from './train.ts';

let dispose: () => void;
beforeAll(async () => ({ dispose } = await useEngine('cpu')));
afterAll(() => dispose());

test('a run goes on with its teacher under another name, but with no other one of the same name', async () => {
  const run = await taughtRun();
  const other = await teacherOf(2);
  run.edit({ teacher: other });
  await expect(resume(run.out, { steps: 3 })).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringMatching(/with teacher model\.safetensors \(SHA-256 .*put .* back/),
  });
  run.edit({ teacher: undefined });
  await expect(resume(run.out, { steps: 3 })).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringMatching(/with teacher model\.safetensors .* now is nothing/),
  });

  const renamed = join(tempFolder(), 'renamed.safetensors');
  copyFileSync(run.teacher, renamed);
  run.edit({ teacher: renamed });
  expect(await resume(run.out, { steps: 3 })).toMatchObject({ end: 'done', steps: 3 });
});

/** A network for the pictures of a tiny run; as always, its file is called model.safetensors. */
async function teacherOf(seed: number): Promise<string> {
  const file = join(tempFolder(), 'model.safetensors');
  const model = createSparnet(networkConfig({ preset: 'sparnet-v16', network: tinyNetwork, scale: 2 }), {
    seed,
  });
  await saveModel(model, file);
  model.dispose();
  return file;
}

/** A run of two steps with a teacher, and how to change its config.json. */
async function taughtRun() {
  const teacher = await teacherOf(1);
  const options = await tinyRun({
    engine: 'cpu',
    batch: 1,
    steps: 2,
    warmup: 0,
    schedule: 'constant',
    teacher,
  });
  const { out } = options;
  await train(options);
  const file = join(out, 'config.json');
  const before = JSON.parse(readFileSync(file, 'utf8')) as object;
  const edit = (edited: object): void => writeFileSync(file, JSON.stringify({ ...before, ...edited }));
  return { out, teacher, edit };
}
