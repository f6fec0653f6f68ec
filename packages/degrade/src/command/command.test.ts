import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  cpSync,
  appendFileSync,
  existsSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crop } from '@sparnet/image';
import { decodeImage, encodeImage, writeImage } from '@sparnet/image/node';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { apply, presets, sample, type Parameters } from '../index.ts';
import { picture } from '../picture-fixture.ts';
import { runCommand } from './run-command.ts';

const script = new URL('../degrade-worker.ts', import.meta.url);
const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const count = 7;
let photos = '';
let work = '';

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'degrade-'));
  photos = join(work, 'photos');
  mkdirSync(join(photos, 'b'), { recursive: true });
  for (let i = 0; i < count; i++) {
    const name = i % 2 === 0 ? `photo${i}.png` : `b/photo${i}.jpg`;
    await writeImage(join(photos, name), picture(30 + i, 24, { seed: i }));
  }
  return () => rmSync(work, { recursive: true, force: true });
});

afterEach(() => vi.restoreAllMocks());

test('writes LR, LR-UP and a manifest that replays them', async () => {
  const out = fresh();
  expect(await degrade([photos, '--out', out, '--preset', 'real-esrgan', '--seed', '5'])).toBe(0);
  const lines = manifest(out);
  expect(lines.map(({ name }) => name)).toEqual([
    'b/photo1.jpg',
    'b/photo3.jpg',
    'b/photo5.jpg',
    'photo0.png',
    'photo2.png',
    'photo4.png',
    'photo6.png',
  ]);
  expect(lines.map(({ parameters }) => parameters)).toEqual(
    lines.map((_, index) => sample(presets['real-esrgan'], 5, index)),
  );
  const { lr, lrUp } = apply(await decodeImage(join(photos, 'photo2.png')), lines[4]!.parameters);
  expect(await decodeImage(join(out, 'lr/photo2.png'))).toEqual(lr);
  expect(await decodeImage(join(out, 'lr-up/photo2.png'))).toEqual(lrUp);

  const again = fresh();
  expect(await degrade([photos, '--out', again, '--replay', join(out, 'manifest.jsonl')])).toBe(0);
  expect(filesIn(again)).toEqual(filesIn(out));
});

test('gives the same bytes with one worker, with three, and in shards put together', async () => {
  const options = ['--preset', 'gfpgan', '--seed', '1'];
  const one = fresh();
  const three = fresh();
  const shards = fresh();
  await degrade([photos, '--out', one, '--workers', '1', ...options]);
  await degrade([photos, '--out', three, '--workers', '3', ...options]);
  for (const shard of ['2/3', '1/3', '3/3'])
    await degrade([photos, '--out', shards, '--shard', shard, ...options]);
  expect(filesIn(three)).toEqual(filesIn(one));
  const joined = [1, 2, 3].map((i) => readFileSync(join(shards, `manifest-0000${i}-of-00003.jsonl`), 'utf8'));
  for (const i of [1, 2, 3]) rmSync(join(shards, `manifest-0000${i}-of-00003.jsonl`));
  writeFileSync(join(shards, 'manifest.jsonl'), joined.join(''));
  expect(filesIn(shards)).toEqual(filesIn(one));
});

test('goes on where it was interrupted, and makes again what is missing', async () => {
  const options = ['--preset', 'bicubic-x4', '--write', 'lr'];
  const whole = fresh();
  await degrade([photos, '--out', whole, ...options]);
  const cut = fresh();
  cpSync(whole, cut, { recursive: true });
  const text = readFileSync(join(cut, 'manifest.jsonl'), 'utf8');
  writeFileSync(join(cut, 'manifest.jsonl'), text.slice(0, Math.floor(text.length / 2)));
  rmSync(join(cut, 'lr/b/photo1.png'));
  rmSync(join(cut, 'lr/photo6.png'));
  writeFileSync(join(cut, 'lr/.tmp-photo6.png-0123456789abcdef'), 'half');
  const kept = statSync(join(cut, 'lr/b/photo3.png')).mtimeMs;
  expect(await degrade([photos, '--out', cut, ...options])).toBe(0);
  expect(filesIn(cut)).toEqual(filesIn(whole));
  expect(statSync(join(cut, 'lr/b/photo3.png')).mtimeMs).toBe(kept);
});

describe('pictures that are not square', () => {
  test('are stretched to the size of a recipe, with one warning', async () => {
    const wide = fresh();
    mkdirSync(wide);
    await writeImage(join(wide, 'a.png'), picture(40, 24));
    await writeImage(join(wide, 'b.png'), picture(24, 40));
    await writeImage(join(wide, 'c.png'), picture(24, 24));
    const options = ['--preset', 'sparnethd', '--write', 'lr'];
    const out = fresh();
    expect(await said([wide, '--out', out, ...options])).toMatch(
      /^3 degraded\nwarning: pictures stretched to the size of the recipe: 2 of 3; --crop [^\n]*\n$/,
    );
    expect(await said([wide, '--out', out, ...options])).toBe('0 degraded, 3 already there\n');
    expect(await said([wide, '--out', fresh(), ...options, '--crop'])).toBe('3 degraded\n');
    expect(await said([wide, '--out', fresh(), '--preset', 'gfpgan'])).toBe('3 degraded\n');
  });

  test('are cropped to the centred square, which the manifest holds, goes on with and replays', async () => {
    const folder = fresh();
    mkdirSync(folder);
    await writeImage(join(folder, 'a.png'), picture(45, 24));
    await writeImage(join(folder, 'b.png'), picture(24, 40));
    writeFileSync(join(folder, 'c.png'), 'no picture');
    const options = ['--preset', 'real-esrgan', '--crop'];
    const out = fresh();
    expect(await degrade([folder, '--out', out, ...options])).toBe(1);
    const lines = manifest(out);
    const box = { left: 10, top: 0, width: 24, height: 24 };
    expect(lines.map(({ crop: place }) => place)).toEqual([box, { ...box, left: 0, top: 8 }, 'square']);
    const hr = crop(picture(45, 24), box);
    expect(await decodeImage(join(out, 'hr/a.png'))).toEqual(hr);
    expect(await decodeImage(join(out, 'lr/a.png'))).toEqual(apply(hr, lines[0]!.parameters).lr);

    const again = fresh();
    expect(await degrade([folder, '--out', again, '--replay', join(out, 'manifest.jsonl')])).toBe(1);
    expect(filesIn(again)).toEqual(filesIn(out));
    rmSync(join(again, 'lr/b.png'));
    expect(await degrade([folder, '--out', again, ...options])).toBe(1);
    expect(filesIn(again)).toEqual(filesIn(out));
    for (const other of [
      ['--preset', 'real-esrgan'],
      ['--preset', 'gfpgan', '--crop'],
    ])
      await expect(degrade([folder, '--out', out, ...other])).rejects.toMatchObject({ code: 'exists' });

    // What was refused is cropped too, once it can be read, by the next run and by a replay.
    await writeImage(join(folder, 'c.png'), picture(30, 20));
    const healed = fresh();
    expect(await degrade([folder, '--out', healed, '--replay', join(out, 'manifest.jsonl')])).toBe(0);
    expect(await degrade([folder, '--out', out, ...options])).toBe(0);
    expect(manifest(out)[2]!.crop).toEqual({ left: 5, top: 0, width: 20, height: 20 });
    expect(filesIn(healed)).toEqual(filesIn(out));
  });

  test('a manifest with a crop that is none is refused', async () => {
    const folder = fresh();
    mkdirSync(folder);
    const file = join(folder, 'manifest.jsonl');
    const parameters = sample(presets.gfpgan, 0, 0);
    writeFileSync(file, `${JSON.stringify({ name: 'photo0.png', parameters, crop: { left: -1 } })}\n`);
    await expect(degrade([photos, '--out', join(folder, 'out'), '--replay', file])).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('line 1: not a line of a manifest (its crop') as string,
    });
  });
});

test('an interruption ends it with 130, and the next run completes it', async () => {
  const out = fresh();
  const stopped = new AbortController();
  stopped.abort();
  const options = ['--preset', 'bicubic-x4'];
  expect(await degrade([photos, '--out', out, ...options], stopped.signal)).toBe(130);
  expect(manifest(out)).toEqual([]);
  expect(await degrade([photos, '--out', out, ...options])).toBe(0);
  expect(manifest(out).length).toBe(count);
});

test('a folder of other results is not touched', async () => {
  const out = fresh();
  await degrade([photos, '--out', out, '--preset', 'bicubic-x4']);
  const before = filesIn(out);
  await expect(degrade([photos, '--out', out, '--preset', 'bicubic-x8'])).rejects.toMatchObject({
    code: 'exists',
    message: expect.stringContaining('manifest.jsonl, line 1: made with other settings') as string,
  });
  appendFileSync(join(out, 'manifest.jsonl'), 'more\n');
  await expect(degrade([photos, '--out', out, '--preset', 'bicubic-x4'])).rejects.toMatchObject({
    code: 'exists',
  });
  expect(filesIn(out).map(([name]) => name)).toEqual(before.map(([name]) => name));
});

describe('what it is given', () => {
  test('one file', async () => {
    const out = fresh();
    expect(await degrade([join(photos, 'photo0.png'), '--out', out, '--preset', 'sparnethd'])).toBe(0);
    expect(filesIn(out).map(([name]) => name)).toEqual([
      'hr/photo0.png',
      'lr-up/photo0.png',
      'lr/photo0.png',
      'manifest.jsonl',
    ]);
    expect(await decodeImage(join(out, 'hr/photo0.png'))).toMatchObject({ width: 512, height: 512 });
  });

  test('a tar archive, with long names', async () => {
    const long = `${'deep/'.repeat(30)}photo.png`;
    const file = join(fresh(), 'photos.tar');
    mkdirSync(dirname(file));
    const bytes = await encodeImage(picture(16, 16));
    writeFileSync(
      file,
      Buffer.concat([
        tarEntry('./a.png', bytes),
        tarEntry('notes.txt', Buffer.from('no picture')),
        tarEntry('././@LongLink', Buffer.from(`${long}\0`), 'L'),
        tarEntry('cut', bytes),
        tarEntry('x', Buffer.from('16 path=pax.png\n'), 'x'),
        tarEntry('cut', bytes),
        Buffer.alloc(1024),
      ]),
    );
    const out = fresh();
    expect(await degrade([file, '--out', out, '--preset', 'bicubic-x4', '--write', 'lr'])).toBe(0);
    expect(manifest(out).map(({ name }) => name)).toEqual(['a.png', long, 'pax.png']);
    expect(await decodeImage(join(out, 'lr/pax.png'))).toMatchObject({ width: 4, height: 4 });

    writeFileSync(file, readFileSync(file).subarray(0, 700));
    await expect(degrade([file, '--out', fresh(), '--preset', 'bicubic-x4'])).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/photos\.tar, offset 0: .*truncated/) as string,
    });
    writeFileSync(file, Buffer.concat([tarEntry('../a.png', bytes), Buffer.alloc(1024)]));
    await expect(degrade([file, '--out', fresh(), '--preset', 'bicubic-x4'])).rejects.toMatchObject({
      code: 'unsafe-file',
    });
  });

  test('pictures of every kind; what is none is refused by name and the others are made', async () => {
    const folder = fresh();
    mkdirSync(folder);
    const png = Buffer.from(await encodeImage(picture(20, 20)));
    const raw = { raw: { width: 20, height: 20, channels: 3 as const } };
    const data = Buffer.from(picture(20, 20).data);
    writeFileSync(join(folder, '1x1.png'), await encodeImage(picture(1, 1)));
    writeFileSync(join(folder, '1xN.png'), await encodeImage(picture(1, 300)));
    writeFileSync(join(folder, 'alpha.png'), await encodeImage(picture(20, 20, { channels: 4 })));
    writeFileSync(join(folder, 'cmyk.jpg'), await sharp(data, raw).toColourspace('cmyk').jpeg().toBuffer());
    writeFileSync(join(folder, 'grey.png'), await encodeImage(picture(20, 20, { channels: 1 })));
    writeFileSync(
      join(folder, 'sixteen.png'),
      await sharp(data, raw).toColourspace('rgb16').png().toBuffer(),
    );
    writeFileSync(join(folder, 'x-empty.png'), '');
    writeFileSync(join(folder, 'x-text.jpg'), 'not an image');
    writeFileSync(join(folder, 'x-truncated.png'), png.subarray(0, png.length / 2));
    const out = fresh();
    expect(await degrade([folder, '--out', out, '--preset', 'sparnethd'])).toBe(1);
    const lines = manifest(out);
    expect(lines.length).toBe(9);
    const refused = lines.filter(({ error }) => error !== undefined);
    expect(refused.map(({ name }) => name)).toEqual(['x-empty.png', 'x-text.jpg', 'x-truncated.png']);
    for (const { name, error } of refused)
      expect(error).toMatchObject({ code: 'bad-image', message: expect.stringContaining(name) as string });
    expect(readdirSync(join(out, 'lr')).length).toBe(6);
    // The next run tries them again; the refusals stand.
    const before = filesIn(out);
    expect(await degrade([folder, '--out', out, '--preset', 'sparnethd'])).toBe(1);
    expect(filesIn(out)).toEqual(before);
    // One has come, one is damaged in another way: their lines change, all other bytes are as they were.
    writeFileSync(join(folder, 'x-empty.png'), png);
    writeFileSync(join(folder, 'x-text.jpg'), '');
    expect(await degrade([folder, '--out', out, '--preset', 'sparnethd'])).toBe(1);
    const healed = manifest(out);
    expect(healed.map(({ error }) => error !== undefined)).toEqual(
      lines.map(({ name }) => ['x-text.jpg', 'x-truncated.png'].includes(name)),
    );
    expect(healed[7]!.error).toMatchObject({ message: expect.stringContaining('it is empty') as string });
    expect(healed.map(({ parameters }) => parameters)).toEqual(lines.map(({ parameters }) => parameters));
    rmSync(join(folder, 'x-text.jpg'));
    const whole = fresh();
    cpSync(join(folder, 'sixteen.png'), join(folder, 'x-text.jpg'));
    writeFileSync(join(folder, 'x-truncated.png'), png);
    expect(await degrade([folder, '--out', out, '--preset', 'sparnethd'])).toBe(0);
    expect(await degrade([folder, '--out', whole, '--preset', 'sparnethd'])).toBe(0);
    expect(filesIn(out)).toEqual(filesIn(whole));
  });

  test('names that differ only in their extension', async () => {
    const folder = fresh();
    mkdirSync(folder);
    for (const name of ['a.png', 'a.jpg', 'b.png']) await writeImage(join(folder, name), picture(8, 8));
    const out = fresh();
    await degrade([folder, '--out', out, '--preset', 'bicubic-x4', '--write', 'lr']);
    expect(readdirSync(join(out, 'lr'))).toEqual(['a.jpg.png', 'a.png.png', 'b.png']);
  });
});

test("a recipe of one's own, printed and given as a file", async () => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  expect(await degrade(['--preset', 'sparnethd', '--print'])).toBe(0);
  expect(JSON.parse(printed.join(''))).toEqual(presets.sparnethd);
  const folder = fresh();
  mkdirSync(folder);
  const file = join(folder, 'recipe.json');
  // With the byte-order mark that some editors write.
  writeFileSync(file, `\uFEFF${JSON.stringify({ steps: [{ op: 'resize', size: 5 }] })}`);
  expect(await degrade([photos, '--out', join(folder, 'out'), '--recipe', file])).toBe(0);
  expect(await decodeImage(join(folder, 'out/lr/photo0.png'))).toMatchObject({ width: 5, height: 5 });
  writeFileSync(file, '{"steps": [{"op": "noise", "sigma": {"between": [1, 999]}}]}');
  await expect(degrade([photos, '--out', fresh(), '--recipe', file])).rejects.toMatchObject({
    code: 'bad-config',
    message: `${file}: expected number between 0 and 255 for recipe.steps[0].sigma.between[1], got 999`,
  });
});

test.each([
  [['--out', 'x', '--preset', 'gfpgan'], 'for input, got ""'],
  [['a', 'b', '--out', 'x', '--preset', 'gfpgan'], 'for input, got "a b"'],
  [['.', '--preset', 'gfpgan'], 'expected --out DIR'],
  [['.', '--out', 'x'], 'exactly one of --preset'],
  [['.', '--out', 'x', '--preset', 'gfpgan', '--grid'], 'exactly one of --preset'],
  [['.', '--out', 'x', '--preset', 'gpfgan'], 'for --preset, got "gpfgan"'],
  [['.', '--out', 'x', '--preset', 'gfpgan', '--seed', '-1'], 'expected a value after --seed'],
  [['.', '--out', 'x', '--preset', 'gfpgan', '--seed', '1.5'], 'for --seed, got "1.5"'],
  [['.', '--out', 'x', '--preset', 'gfpgan', '--shard', '3/2'], 'for --shard, got "3/2"'],
  [['.', '--out', 'x', '--preset', 'gfpgan', '--write', 'lr,sr'], 'for --write, got "sr"'],
  [['.', '--out', './x', '--preset', 'gfpgan'], 'lies inside'],
  [['.', '--out', 'x', '--preset', 'gfpgan', '--speed', '3'], 'unknown option --speed; --help'],
  [['.', '--out', 'x', '--grid=1'], '--grid takes no value'],
  [['.', '--out', 'x', '--replay', 'manifest.jsonl', '--crop'], '--crop goes with'],
])('%j is wrong usage', async (argv, message) => {
  await expect(degrade(argv)).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringContaining(message) as string,
  });
});

test.each([
  [['/no/such/folder'], 'missing-file'],
  [[tmpdir()], 'bad-argument'],
])('%j is refused', async (input, code) => {
  const out = code === 'bad-argument' ? join(tmpdir(), 'inside') : fresh();
  await expect(degrade([...input, '--out', out, '--preset', 'gfpgan'])).rejects.toMatchObject({ code });
});

describe('no photo is overwritten', () => {
  let folder = '';
  beforeEach(async () => {
    folder = fresh();
    for (const name of ['hr', 'lr', 'gg']) mkdirSync(join(folder, name), { recursive: true });
    for (const name of ['hr/p0.png', 'lr/p0.png', 'gg/grid.png'])
      await writeImage(join(folder, name), picture(16, 16));
    symlinkSync(folder, join(folder, 'link'));
    mkdirSync(join(folder, 'far'));
    symlinkSync(join(folder, 'hr'), join(folder, 'far', 'lr'));
    mkdirSync(join(folder, 'links'));
    symlinkSync(join(folder, 'lr/p0.png'), join(folder, 'links/p0.png'));
  });

  test.each([
    [['hr', '--out', '', '--preset', 'sparnethd'], /hr lies inside .*hr;/],
    [['hr/p0.png', '--out', '', '--preset', 'sparnethd'], /hr.p0\.png is one of the pictures/],
    [['lr/p0.png', '--out', '', '--preset', 'bicubic-x4'], /lr.p0\.png is one of the pictures/],
    [['lr/p0.png', '--out', 'link', '--preset', 'bicubic-x4'], /lr.p0\.png is one of the pictures/],
    [['hr', '--out', 'far', '--preset', 'bicubic-x4'], /far.lr lies inside/],
    [['hr', '--out', 'link/hr/out', '--preset', 'bicubic-x4'], /out lies inside/],
    [['links', '--out', '', '--preset', 'bicubic-x4'], /lr.p0\.png is one of the pictures/],
    [['gg/grid.png', '--out', 'gg', '--grid'], /grid\.png is one of the pictures/],
    [['gg', '--out', 'link/gg', '--grid'], /gg lies inside/],
  ])('%j', async ([input, flag, out, ...more], message) => {
    const before = filesIn(folder);
    await expect(degrade([join(folder, input!), flag!, join(folder, out!), ...more])).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(message) as string,
    });
    expect(filesIn(folder)).toEqual(before);
  });

  test('nor one that lies where a result would', async () => {
    const before = filesIn(folder);
    const argv = [join(folder, 'hr'), '--out', folder, '--preset', 'bicubic-x4'];
    await expect(degrade(argv)).rejects.toMatchObject({
      code: 'exists',
      message: expect.stringMatching(/lr.p0\.png is there already/) as string,
    });
    expect(filesIn(folder)).toEqual(before);
  });

  test('by the program, which ends with 2', async () => {
    const before = filesIn(folder);
    expect(await program([join(folder, 'hr'), '--out', folder, '--preset', 'sparnethd'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: --out: /) as string,
    });
    expect(filesIn(folder)).toEqual(before);
  });

  test('results may stand beside the photos', async () => {
    const argv = [join(folder, 'hr'), '--out', folder, '--preset', 'sparnethd', '--write', 'lr-up'];
    expect(await degrade(argv)).toBe(0);
    expect(existsSync(join(folder, 'lr-up/p0.png'))).toBe(true);
  });
});

describe('a manifest to replay that is none', () => {
  const line = JSON.stringify({ name: 'photo0.png', parameters: sample(presets['bicubic-x4'], 0, 0) });
  test.each([
    ['empty', '', 'got an empty file'],
    ['NULs', '\0'.repeat(99), 'line 1: has no end'],
    ['cut', `${line}\n${line.slice(0, 40)}`, 'line 2: has no end'],
    ['a picture twice', `${line}\n${line}\n`, 'line 2: photo0.png is there twice'],
  ])('%s', async (_, text, message) => {
    const out = fresh();
    const file = `${fresh()}.jsonl`;
    writeFileSync(file, text);
    await expect(degrade([photos, '--out', out, '--replay', file])).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(new RegExp(`${basename(file)}.*${message}`)) as string,
    });
    expect(existsSync(out)).toBe(false);
  });

  test('a folder', async () => {
    await expect(degrade([photos, '--out', fresh(), '--replay', photos])).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(`${photos}: expected a manifest`) as string,
    });
  });
});

test('the grid shows every degradation and every preset beside the photo', async () => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const folder = fresh();
  expect(await degrade([join(photos, 'photo0.png'), '--out', folder, '--grid'])).toBe(0);
  const [columns, ...legend] = printed.join('').trim().split('\n');
  expect(columns).toContain('column 1: the photo, resized to 256 pixels');
  for (const name of Object.keys(presets)) expect(legend.join()).toContain(name);
  const { width, height } = await decodeImage(join(folder, 'grid.png'));
  expect(width).toBe(6 * 260 - 4);
  expect(height).toBe(legend.length * 209 - 4);
});

test('the program has exit codes', async () => {
  expect(await program(['--help'])).toMatchObject({ code: 0, stderr: '' });
  expect(await program([photos, '--out', fresh(), '--preset', 'none'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: expected one of bicubic-x4, .*"none"\n$/) as string,
  });
  expect(await program(['/no/such', '--out', fresh(), '--preset', 'gfpgan'])).toMatchObject({ code: 1 });
  const out = fresh();
  expect(await program([photos, '--out', out, '--preset', 'bicubic-x8'])).toMatchObject({
    code: 0,
    stderr: `${count} degraded\n`,
  });
  expect(manifest(out).length).toBe(count);
});

let folders = 0;
/** The path of a folder that isn't there yet. */
function fresh(): string {
  const folder = join(work, `out${folders++}`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function degrade(argv: readonly string[], signal = new AbortController().signal): Promise<number> {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  // A worker takes half a second to start from source.
  const workers = argv.includes('--workers') ? [] : ['--workers', '1'];
  return runCommand([...argv, ...workers], { script, signal });
}

/** What it says on stderr. */
async function said(argv: readonly string[]): Promise<string> {
  const stderr = vi.spyOn(process.stderr, 'write').mockClear();
  await degrade(argv);
  return stderr.mock.calls.map(([text]) => String(text)).join('');
}

function program(argv: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, main, ...argv], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (part) => (stderr += String(part)));
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

function manifest(out: string): { name: string; parameters: Parameters; crop?: unknown; error?: unknown }[] {
  const text = readFileSync(join(out, 'manifest.jsonl'), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { name: string; parameters: Parameters });
}

/** Names and contents of all files. */
function filesIn(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path).toString('base64')];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function tarEntry(name: string, content: Uint8Array, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
