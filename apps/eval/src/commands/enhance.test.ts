import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useEngine } from '@sparnet/engine';
import { crop } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { createSparnet, enhance, type SparnetConfigInput } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { folderOf, picture, pictures, tempFolder } from '../eval-fixture.ts';
import { enhanceCommand } from './enhance.ts';

const small: SparnetConfigInput = {
  ...{ inputSize: 8, outputSize: 16, scale: 2, minFeatureSize: 8, resDepth: -3 },
  ...{ minChannels: 4, maxChannels: 8, hourglassWidth: 4, hourglassDepth: 'feature-size' },
};

let stdout = '';
let stderr = '';
beforeEach(() => {
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
});
afterEach(() => vi.restoreAllMocks());

const run = (...argv: string[]) =>
  enhanceCommand.run([...argv, '--engine', 'wasm'], new AbortController().signal);

/** A model file, and what the model makes of a picture. */
async function open() {
  const { dispose } = await useEngine('wasm');
  const model = createSparnet(small, { seed: 5 });
  const file = join(tempFolder(), 'model.safetensors');
  await saveModel(model, file);
  const wanted = await enhance(model, crop(picture(9, 20, 12), { left: 4, top: 0, width: 12, height: 12 }));
  const cropped = await enhance(model, crop(picture(9, 20, 12), { left: 1, top: 2, width: 9, height: 9 }));
  dispose();
  return { file, wanted, cropped };
}

test('pictures of a folder become PNGs of their names; what can not be read is left out, said, and exit code 1', async () => {
  const { file, wanted } = await open();
  const faces = await folderOf({ 'a/one.png': picture(9, 20, 12), 'two.png': 'no picture' });
  const out = join(tempFolder(), 'new', 'out');
  expect(await run(faces, '--model', file, '--out', out)).toBe(1);
  expect(readdirSync(out, { recursive: true })).toEqual(['a', join('a', 'one.png')]);
  expect(await decodeImage(join(out, 'a', 'one.png'))).toEqual(wanted);
  expect(stderr).toMatch(/skipped two\.png: .*two\.png/);
  expect(stdout).toBe(`${out}: 1 of 2 pictures\n`);
});

test('one picture becomes a file of the format that its name says, or of a square that is given', async () => {
  const { file, cropped } = await open();
  const face = join(await folderOf({ 'one.png': picture(9, 20, 12) }), 'one.png');
  const out = join(tempFolder(), 'better.png');
  expect(await run(face, '--model', file, '--out', out, '--crop', '1,2,9')).toBe(0);
  expect(await decodeImage(out)).toEqual(cropped);
  const jpeg = join(tempFolder(), 'better.jpg');
  expect(await run(face, '--model', file, '--out', jpeg, '--ensemble', 'flip')).toBe(0);
  expect(readFileSync(jpeg).subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8));
});

test('refused, before anything is written: no place, the place of what is read, one name twice, a wrong square', async () => {
  const { file } = await open();
  const faces = await folderOf(pictures(2, 16));
  const out = join(tempFolder(), 'out');
  const face = join(faces, '00.png');
  const twins = await folderOf({ 'a.png': picture(1, 16) });
  writeFileSync(join(twins, 'a.jpg'), readFileSync(join(twins, 'a.png')));
  for (const [argv, message] of [
    [['--out', out], /expected pictures/],
    [[faces, '--model', file], /expected where to: --out/],
    [
      [faces, '--model', file, '--out', 'a.png'],
      /a folder \(a file only for one picture\) for --out, got "a\.png"/,
    ],
    [[faces, '--model', file, '--out', faces], /would write over what is read/],
    [[face, '--model', file, '--out', face], /would write over what is read/],
    [[twins, '--model', file, '--out', out], /a\.jpg and a\.png would both become/],
    [[face, '--model', file, '--out', out, '--crop', '1,2'], /X,Y,SIDE in pixels for --crop, got 1,2/],
    [[faces, '--model', file, '--out', out, '--crop', '1,2,9'], /--crop is that of one picture, got 2/],
    [[faces, '--model', 'sparnet-x9', '--out', out], /no model file sparnet-x9; .*sparnet-x8/],
  ] as const)
    await expect(run(...argv)).rejects.toThrow(message);
  const beyond = run(face, '--model', file, '--out', out, '--crop', '9,9,9');
  await expect(beyond).rejects.toThrow(/inside 16 x 16 pixels.*9 x 9 at/);
  expect(existsSync(out)).toBe(false);
});
