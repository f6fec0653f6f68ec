import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tempFolder } from '../data/temp-folder.ts';
import { modelOf, pictureFolder, tinyNetwork } from '../run-fixture.ts';
import { ablationCommand } from './ablation.ts';

let stdout = '';
beforeEach(() => {
  stdout = '';
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const on = new AbortController().signal;

test('networks are trained one after the other; a second call goes on, a third changes nothing', async () => {
  const out = join(tempFolder(), 'ablation');
  const flags = ['--data', await pictureFolder(5), '--val', await pictureFolder(2), '--out', out];
  const network = ['--network', JSON.stringify(tinyNetwork), '--batch', '2', '--log-every', '1'];
  const computing = ['--engine', 'wasm', '--workers', '1', '--schedule', 'cosine'];
  const argv = ['--presets', 'cbam,sparnet-v16', ...flags, ...network, ...computing, '--steps', '3'];

  // What could not start keeps nobody from starting otherwise.
  expect(await ablationCommand.run([...argv, '--batch', '3'], AbortSignal.abort())).toBe(130);
  expect(await ablationCommand.run(argv, on)).toBe(0);
  const lines = stdout.trimEnd().split('\n').slice(-3);
  expect(lines[1]).toMatch(/^cbam +3 +\d+\.\d{3} +0\.\d{4}$/);
  expect(lines[2]).toMatch(/^sparnet-v16 +3 +\d+\.\d{3} +0\.\d{4}$/);
  const report = await readFile(join(out, 'ablation.json'), 'utf8');
  expect(JSON.parse(report)).toMatchObject({
    cbam: { end: 'done', steps: 3, quality: { bicubic: {} } },
    'sparnet-v16': { end: 'done', steps: 3, quality: { psnr: expect.any(Number) } },
  });
  const models = ['cbam', 'sparnet-v16'].map((name) => modelOf(join(out, name)));
  expect(models[0]?.equals(models[1] as Buffer)).toBe(false);

  const before = stdout;
  expect(await ablationCommand.run(argv, on)).toBe(0);
  expect(await readFile(join(out, 'ablation.json'), 'utf8')).toBe(report);
  expect(modelOf(join(out, 'cbam')).equals(models[0] as Buffer)).toBe(true);
  expect(stdout.slice(before.length)).toBe(`${lines.join('\n')}\n`);

  await expect(ablationCommand.run([...argv, '--lr', '0.5'], on)).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/begun with no lr, not lr 0\.5/),
  });
});

test('planned by time, a second call goes on although the plan has changed the options', async () => {
  const out = join(tempFolder(), 'ablation');
  const flags = ['--data', await pictureFolder(3), '--val', await pictureFolder(1), '--out', out];
  const network = ['--network', JSON.stringify(tinyNetwork), '--batch', '2', '--engine', 'auto'];
  const budget = ['--minutes', '0.002', '--warmup', '10000', '--schedule', 'cosine', '--workers', '1'];
  const argv = ['--presets', 'cbam', ...flags, ...network, ...budget];
  expect(await ablationCommand.run(argv, on)).toBe(0);
  const model = modelOf(join(out, 'cbam'));
  expect(await ablationCommand.run(argv, on)).toBe(0);
  expect(modelOf(join(out, 'cbam')).equals(model)).toBe(true);
});

test.each([
  [['--presets', 'cbam', '--val', 'x'], /--out/],
  [['--presets', 'cbam', '--out', 'x'], /--val/],
  [['--presets', 'cbam,sparnet-v3', '--out', 'x', '--val', 'x'], /sparnet-v4.*sparnet-v3/],
  [['--presets', ',', '--out', 'x', '--val', 'x'], /presets/],
  [['--preset', 'cbam', '--out', 'x', '--val', 'x'], /--presets/],
])('refused: %j', async (argv, message) => {
  await expect(ablationCommand.run(argv, on)).rejects.toThrow(message);
});
