import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ended, folderOf, pictures, startEval, tempFolder } from './eval-fixture.ts';
import { readResult } from './result.ts';

const limit = { timeout: 120_000 }; // processes on two shared cores

test('results go to stdout and to files, a corrupt picture is said, skipped and counted', limit, async () => {
  const hr = await folderOf({ ...pictures(4), '02.png': 'no picture' });
  const out = tempFolder();
  const { code, stdout, stderr } = await ended(
    startEval([
      ...['evaluate', '--model', 'bicubic', '--hr', hr, '--scale', '4', '--gallery', '1'],
      ...['--json', join(out, 'a.json'), '--csv', join(out, 'a.csv'), '--save', join(out, 'sr')],
    ]),
  );
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^skipped 02: .*02\.png.*$/m) as string,
  });
  expect(stdout).toMatch(/^bicubic: 3 pictures, 1 skipped, scale 4, protocol sparnet\n/);
  expect(stdout).toMatch(/^psnr dB ↑ +\d+\.\d{4} /m);
  const result = await readResult(join(out, 'a.json'));
  expect(result.skipped).toEqual([{ name: '02', reason: expect.stringContaining('02.png') as string }]);
  expect(result.images.map(({ name }) => name)).toEqual(['00', '01', '03']);
  expect(result.gallery.map(({ place }) => place)).toEqual(['best', 'median', 'worst']);
  expect(readdirSync(join(out, 'sr'))).toEqual(['00.png', '01.png', '03.png']);
  const [head, first] = readFileSync(join(out, 'a.csv'), 'utf8').split('\n');
  expect(head).toBe('name,psnr,ssim');
  expect(first).toBe(`00,${String(result.images[0]?.['psnr'])},${String(result.images[0]?.['ssim'])}`);

  // What was saved has the scores of what was measured.
  rmSync(join(hr, '02.png'));
  const again = await ended(startEval(['evaluate', '--sr', join(out, 'sr'), '--hr', hr]));
  expect(again.stdout.split('\n').slice(1)).toEqual(stdout.split('\n').slice(1));
});

test(
  'exit codes: 0, 2 for wrong usage, 1 for what went wrong otherwise; errors are one line',
  limit,
  async () => {
    const hr = await folderOf(pictures(2));
    const notJson = join(tempFolder(), 'a.json');
    writeFileSync(notJson, '{');
    const asked: [argv: string[], code: number, stderr: RegExp][] = [
      [['--help'], 0, /^$/],
      [['measure'], 2, /^unknown command measure\n/],
      [
        ['evaluate', '--modell', 'bicubic'],
        2,
        /^error: Unknown option '--modell'; --help lists the flags\n$/,
      ],
      [
        ['evaluate', '--model', 'bicubic', '--hr', hr, '--metrics', 'psnr,ssmi'],
        2,
        /psnr, ssim,.*got "ssmi"\n$/,
      ],
      [['evaluate', '--model', 'bicubic', '--hr', tempFolder()], 1, /^error: no pictures .*\n$/],
      [
        ['evaluate', '--model', '/nowhere.safetensors', '--hr', hr],
        1,
        /^error: no model file \/nowhere\.safetensors; .*\n$/,
      ],
      [
        ['evaluate', '--model', 'bicubic', '--hr', hr, '--json', '/nowhere/a.json'],
        1,
        /^error: .*\/nowhere does not exist/,
      ],
      [['merge', notJson], 1, /^error: .*a\.json: not JSON.*\n$/],
    ];
    const outcomes = await Promise.all(asked.map(([argv]) => ended(startEval(argv))));
    for (const [at, [argv, code, stderr]] of asked.entries())
      expect({ argv, ...outcomes[at] }).toMatchObject({
        argv,
        code,
        stderr: expect.stringMatching(stderr) as string,
      });
  },
);

test('Ctrl-C ends with 130 and writes no result', limit, async () => {
  const hr = await folderOf(pictures(40, 256));
  const [json, save] = [join(tempFolder(), 'a.json'), join(tempFolder(), 'sr')];
  const child = startEval([
    ...['evaluate', '--model', 'bicubic', '--hr', hr, '--metrics', 'ms-ssim,ssim', '--workers', '1'],
    ...['--save', save, '--json', json],
  ]);
  const end = ended(child);
  while (child.exitCode === null && !existsSync(save)) await sleep(5);
  child.kill('SIGINT');
  const stderr = expect.stringContaining('Ctrl-C once more') as string;
  expect(await end).toMatchObject({ code: 130, stdout: '', stderr });
  expect(existsSync(json)).toBe(false);
});
