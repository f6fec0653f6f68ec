import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
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

test('pictures that have more pixels than the model gives are said to become smaller', async () => {
  const { file } = await open();
  const faces = await folderOf({ 'as-large.png': picture(1, 16), 'larger.png': picture(2, 17) });
  expect(await run(faces, '--model', file, '--out', join(tempFolder(), 'out'))).toBe(0);
  expect(stderr).toContain(`pictures that became smaller, as ${file} gives 16 x 16 pixels: 1\n`);
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
  const nested = await folderOf({ 'a.jpg': picture(1, 16), 'a.png/b.jpg': picture(1, 16) });
  const named = join(tempFolder(), 'x.png');
  renameSync(await folderOf(pictures(2, 16)), named);
  for (const [argv, message] of [
    [['--out', out], /expected pictures/],
    [[faces, '--model', file], /expected where to: --out/],
    [
      [faces, '--model', file, '--out', 'a.png'],
      /a folder for 2 pictures \(a file is for one picture only\) for --out, got "a\.png"/,
    ],
    [
      [named, '--model', file, '--out', `${out}.png`],
      /a folder for 2 pictures \(a file is for one picture only\) for --out/,
    ],
    [[face, '--model', file, '--out', ''], /^expected a folder for --out, got ""$/],
    ...['gif', 'tif', 'BMP', 'tar'].map(
      (end) =>
        [
          [face, '--model', file, '--out', `${out}.${end}`],
          /a file that ends in \.png, \.jpg, \.jpeg or \.webp for --out, got/,
        ] as const,
    ),
    [[faces, '--model', file, '--out', faces], /would write over what is read/],
    [[face, '--model', file, '--out', face], /would write over what is read/],
    [[twins, '--model', file, '--out', out], /a\.jpg and a\.png would both become/],
    [
      [nested, '--model', file, '--out', out],
      /a\.jpg would become \S+a\.png, which must be a folder for a\.png\/b\.jpg/,
    ],
    [[face, '--model', file, '--out', out, '--crop', '1,2'], /X,Y,SIDE in pixels for --crop, got 1,2/],
    [[faces, '--model', file, '--out', out, '--crop', '1,2,9'], /--crop is that of one picture, got 2/],
    [[faces, '--model', 'sparnet-x9', '--out', out], /no model file sparnet-x9; .*sparnet-x8/],
  ] as const)
    await expect(run(...argv)).rejects.toThrow(message);
  const beyond = run(face, '--model', file, '--out', out, '--crop', '9,9,9');
  await expect(beyond).rejects.toThrow(/^--crop 9,9,9 leaves the picture 00\.png, which has 16 x 16 pixels/);
  expect(existsSync(out)).toBe(false);
});

/** Why it is refused, which leaves the folder as it was. */
async function refusal(folder: string, argv: readonly string[]): Promise<string> {
  const before = contents(folder);
  const error: unknown = await run(...argv).catch((reason: unknown) => reason);
  expect(contents(folder)).toEqual(before);
  return (error as Error).message;
}

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      relative(folder, join(parentPath, name)),
      readFileSync(join(parentPath, name), 'base64'),
    ]),
  );
}

const [one, two] = [picture(1, 20), picture(2, 20)];

test.each<[what: string, files: string[], links: [from: string, to: string][], words: [string, string]]>([
  ['a folder of its own name inside', ['in/z.png', 'in/in/z.png'], [], ['in', '.']],
  ['a picture beside', ['a.png', 'b.png'], [], ['a.png', '.']],
  ['a link to a picture', ['orig/a.png'], [['in/a.png', 'orig/a.png']], ['in', 'orig']],
  ['a link that is the picture', ['orig/b.png'], [['in/a.png', 'orig/b.png']], ['in/a.png', 'in']],
  [
    'links to a link',
    ['orig/a.png'],
    [
      ['m/a.png', 'orig/a.png'],
      ['in/a.png', 'm/a.png'],
    ],
    ['in', 'm'],
  ],
  ['a linked folder', ['in/sub/z.png', 'out/x'], [['out/sub', 'in/sub']], ['in', 'out']],
])('what is read is never written over, also with --overwrite: %s', async (_, files, links, [from, to]) => {
  const top = await folderOf(Object.fromEntries(files.map((name) => [name, name === files[0] ? one : two])));
  for (const [link, target] of links) {
    mkdirSync(join(top, link, '..'), { recursive: true });
    symlinkSync(join(top, target), join(top, link));
  }
  for (const allowed of [[], ['--overwrite']])
    expect(await refusal(top, [join(top, from), '--out', join(top, to), ...allowed])).toMatch(
      /^--out \S+ would write over what is read from \S+: \S+ would become \S+\.png;/,
    );
});

test('a file that is there already is replaced only with --overwrite', async () => {
  const { file } = await open();
  const top = await folderOf({ 'photos/2020/a.png': one, 'photos/2020/b.png': one, 'photos/a.png': two });
  const argv = [join(top, 'photos', '2020'), '--out', join(top, 'photos')];
  expect(await refusal(top, argv)).toMatch(
    /a\.png is there already; choose another --out, or .*--overwrite$/,
  );
  expect(await run(...argv, '--model', file, '--overwrite')).toBe(0);
  const { width } = await decodeImage(join(top, 'photos', 'a.png'));
  expect({ width, made: readdirSync(join(top, 'photos')) }).toEqual({
    width: 16,
    made: ['2020', 'a.png', 'b.png'],
  });
  expect(await decodeImage(join(top, 'photos', 'a.png'))).not.toEqual(two);
  expect(await refusal(top, argv)).toMatch(/a\.png and 1 more results are there already/);
  const single = [join(top, 'photos', '2020', 'a.png'), '--out', join(top, 'photos', 'b.png')];
  expect(await refusal(top, single)).toMatch(/b\.png is there already/);
});

test('a folder or a file in the way of a result is said before anything is written', async () => {
  const top = await folderOf({ 'in/a.png': one, 'in/b/c.png': one, 'x/a.png/keep': '', 'y/b': '' });
  const to = (out: string) => [join(top, 'in'), '--out', join(top, out), '--overwrite'];
  expect(await refusal(top, to('x'))).toMatch(/a\.png, for a\.png: is a folder/);
  expect(await refusal(top, to('y'))).toMatch(
    /\/b: is a file, but must be a folder for what becomes of b\/c\.png/,
  );
});

test('results may lie beside the model and beside pictures of other names', async () => {
  const { file } = await open();
  const top = await folderOf({ 'a.png': one });
  expect(await run(join(top, 'a.png'), '--model', file, '--out', join(file, '..'))).toBe(0);
  expect(existsSync(join(file, '..', 'a.png'))).toBe(true);
});

test('a picture that the system refuses to read, or that has gone meanwhile, is skipped and said', async () => {
  const { file } = await open();
  const faces = await folderOf({ '0.png': 'no picture', '1.png': one, '2.png': one, '3.png': one });
  const out = join(tempFolder(), 'out');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    // Said of the first picture, when all have been listed.
    for (const name of stderr === '' ? ['1.png', '2.png'] : []) rmSync(join(faces, name));
    // A folder stands for all that can't be read, since root may read every file.
    if (stderr === '') mkdirSync(join(faces, '1.png'));
    return Boolean((stderr += String(text)));
  });
  expect(await run(faces, '--model', file, '--out', out)).toBe(1);
  expect(readdirSync(out)).toEqual(['3.png']);
  expect(stderr).toMatch(
    /^skipped 0\.png: .*\nskipped 1\.png: .* can't be read .*\nskipped 2\.png: .* not there any more\n/,
  );
  expect(stdout).toBe(`${out}: 1 of 4 pictures\n`);
});
