import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPth, readSafetensors, readWeights, writePth, writeSafetensors } from './node.ts';
import type { StateDict } from './index.ts';

const tensors: StateDict = {
  w: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) },
  n: { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) },
};
const failure = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('files are written, replaced and read again, with nothing left beside them', async () => {
  const safetensors = join(folder, 'a.safetensors');
  await writeFile(safetensors, 'old');
  await writeSafetensors(safetensors, tensors, { metadata: { note: 'é' } });
  const read = await readSafetensors(safetensors);
  expect({ ...read.tensors }).toEqual(tensors);
  expect({ ...read.metadata }).toEqual({ note: 'é' });

  const pth = join(folder, 'a.pth');
  await writePth(pth, tensors);
  expect({ ...(await readWeights(pth)) }).toEqual(tensors);
  expect(await readdir(folder)).toEqual(['a.pth', 'a.safetensors']);
});

test('the kind of a file is its content, not its name', async () => {
  const source = fileURLToPath(new URL('../../../vectors/pth-formats/legacy.pth', import.meta.url));
  const file = join(folder, 'model.safetensors');
  await copyFile(source, file);
  const read = await readWeights(file);
  expect(Object.keys(await readWeights(source))).toEqual(Object.keys(read));
  expect({ ...((await readPth(file)) as StateDict) }).toEqual({ ...read });
  await writeFile(file, 'hello, this is text');
  await expect(readWeights(file)).rejects.toThrow(failure('bad-file', `${file}: neither safetensors nor`));
});

test('errors name the file', async () => {
  const missing = join(folder, 'missing', 'a.pth');
  await expect(readWeights(missing)).rejects.toThrow(failure('missing-file', missing));
  await expect(writePth(missing, tensors)).rejects.toThrow(failure('missing-file', missing));
  await expect(readWeights(folder)).rejects.toThrow(failure('bad-file', folder));
});

test('a write that fails leaves the old file and nothing else', async () => {
  const file = join(folder, 'a.safetensors');
  await mkdir(join(file, 'inside'), { recursive: true });
  await expect(writeSafetensors(file, tensors)).rejects.toThrow(
    failure('bad-file', `${file}: cannot be written`),
  );
  expect(await readdir(folder)).toEqual(['a.safetensors']);

  const kept = join(folder, 'kept.safetensors');
  await writeSafetensors(kept, tensors);
  const before = await readFile(kept);
  const broken: StateDict = { w: { dtype: 'F32', shape: [3], data: new Float32Array(2) } };
  await expect(writeSafetensors(kept, broken)).rejects.toThrow(failure('bad-argument', 'tensor "w"'));
  expect(await readFile(kept)).toEqual(before);
});
