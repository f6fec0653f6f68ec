import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pretrained } from '@sparnet/pretrained';
import { tempFolder } from './data/temp-folder.ts';
import { dryRun } from './dry-run.ts';
import { readModelFile } from './read-model-file.ts';
import { tinyRun } from './run-fixture.ts';
import { train } from './train.ts';

const name = 'sparnet-x8-tiny';

const model = pretrained[name];
const { url } = model;
const whole = readFileSync(url);
let file: string;

// The published model lies in a folder of the test, where it may be damaged.
beforeEach(() => {
  file = join(tempFolder(), 'published.safetensors');
  writeFileSync(file, whole);
  model.url = pathToFileURL(file);
});
afterEach(() => (model.url = url));

test('the file of a published model is read with its digest, unless it has other bytes', async () => {
  expect(await readModelFile(file, '--init')).toMatchObject({ file, sha256: model.sha256 });
  damage();
  await expect(readModelFile(file, '--init')).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/^--init sparnet-x8-tiny: .* not the published model \(other bytes\)/),
  });
  writeFileSync(file, whole.subarray(0, 100));
  await expect(readModelFile(file, '--init')).rejects.toThrow(/\(100 bytes instead of 1902796\)/);
  const copy = join(tempFolder(), 'own.safetensors');
  writeFileSync(copy, 'of somebody else');
  expect(Buffer.from((await readModelFile(copy, '--init')).bytes).toString()).toBe('of somebody else');
});

test.each(['init', 'teacher'] as const)('no run begins with a damaged published model as %s', async (key) => {
  damage();
  const options = await tinyRun({ steps: 1, warmup: 0, [key]: name });
  const refusal = { code: 'bad-file', message: expect.stringMatching(`--${key} .*not the published model`) };
  await expect(train(options)).rejects.toMatchObject(refusal);
  await expect(dryRun(options)).rejects.toMatchObject(refusal);
  expect(existsSync(options.out)).toBe(false);
});

test.each(['init', 'teacher'] as const)(
  'a name that is none is said with --%s and the names',
  async (key) => {
    const options = await tinyRun({ steps: 1, warmup: 0, [key]: 'sparnet-x8-tny' });
    const refusal = {
      code: 'missing-file',
      message: expect.stringMatching(
        `^--${key} .*sparnet-x8-tny: there is no such file; .*sparnet-x4, .*${name}`,
      ),
    };
    await expect(train(options)).rejects.toMatchObject(refusal);
    await expect(dryRun(options)).rejects.toMatchObject(refusal);
    await expect(train({ ...options, [key]: tempFolder() })).rejects.toThrow(/: this is a folder; name/);
    await expect(train({ ...options, [key]: '' })).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(`^expected .* published model for ${key}, got`),
    });
  },
);

test('a dry run takes a published model as teacher', async () => {
  const small = { minChannels: 4, maxChannels: 8, resDepth: 1, hourglassWidth: 4 };
  const options = await tinyRun({
    preset: 'sparnet-tiny',
    network: small,
    batch: 1,
    shard: 1,
    teacher: name,
  });
  expect(await dryRun(options)).toMatchObject({ steps: 12 });
});

/** One bit of a weight, which no reader of the format would see. */
function damage(): void {
  const bytes = Buffer.from(whole);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
  writeFileSync(file, bytes);
}
