import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isWrongUsage } from 'command-line';
import type { Command } from '../command.ts';
import { attentionCommand } from '../commands/attention.ts';
import { compareCommand } from '../commands/compare.ts';
import { evaluateCommand } from '../commands/evaluate.ts';
import { fidCommand } from '../commands/fid.ts';
import { mergeCommand } from '../commands/merge.ts';
import { reportCommand } from '../commands/report.ts';
import { ended, folderOf, pictures, startEval, tempFolder } from '../eval-fixture.ts';
import { resultOf } from '../result-fixture.ts';
import { checkOutputs } from './check-outputs.ts';

const limit = { timeout: 120_000 }; // processes on two shared cores
const on = new AbortController().signal;

test('nothing is written over an input or another result', async () => {
  const hr = await folderOf(pictures(2));
  const picture = join(hr, '00.png');
  const before = readFileSync(picture);
  const out = tempFolder();
  symlinkSync(hr, join(out, 'link'));
  const one = join(out, 'a.json');
  writeFileSync(one, JSON.stringify(resultOf({ a: 1 })));
  const evaluate = ['--model', 'bicubic', '--hr', hr, '--scale', '4'];
  const asked: [command: Command, argv: string[], message: RegExp][] = [
    [evaluateCommand, [...evaluate, '--save', join(out, 'link', 'new')], /^--save .* would write over/],
    [evaluateCommand, [...evaluate, '--lr', one, '--save', one], /^--save .* would write over/],
    [evaluateCommand, [...evaluate, '--save', ''], /^expected a folder for --save, got ""$/],
    [evaluateCommand, [...evaluate, '--json='], /^expected a file for --json, got ""$/],
    [evaluateCommand, [...evaluate, '--json', picture], /^--json .* would write over/],
    [evaluateCommand, [...evaluate, '--csv', `${out}/x`, '--save', `${out}/x`], /^--csv and --save are both/],
    [evaluateCommand, [...evaluate, '--gallery', '1'], /^--gallery is kept in the JSON file only/],
    [evaluateCommand, [...evaluate, '--error-maps'], /^--error-maps is kept in the JSON file only/],
    [
      evaluateCommand,
      ['--sr', hr, '--hr', hr, '--degrade', 'gfpgan'],
      /nothing is degraded; leave --degrade/,
    ],
    [reportCommand, ['--from', one, '--out', one], /^--out .* would write over/],
    [mergeCommand, [one, '--json', one], /^--json .* would write over/],
    [compareCommand, ['--from', one, one, '--json', one], /^--json .* would write over/],
    [fidCommand, ['--sr', hr, '--reference', hr, '--json', picture], /^--json .* would write over/],
    [
      attentionCommand,
      ['--model', one, '--image', picture, '--out', join(out, 'link', '00.png')],
      /^--out .* would write over/,
    ],
  ];
  for (const [command, argv, message] of asked) {
    const error: unknown = await command.run(argv, on).catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(message);
    expect({ argv, wrongUsage: isWrongUsage(error) }).toEqual({ argv, wrongUsage: true });
  }
  expect(readFileSync(picture)).toEqual(before);
  expect(readdirSync(out).toSorted()).toEqual(['a.json', 'link']);
});

test('at the command line: one line and an exit code, the pictures as they were', limit, async () => {
  const hr = await folderOf(pictures(2));
  const before = readFileSync(join(hr, '00.png'));
  const folder = tempFolder();
  const [json, file] = [join(folder, 'e.json'), join(folder, 'file')];
  writeFileSync(file, '');
  const evaluate = ['evaluate', '--model', 'bicubic', '--hr', hr, '--scale', '4'];
  const asked: [argv: string[], code: number, stderr: RegExp][] = [
    [[...evaluate, '--save', hr], 2, /^error: --save .* would write over.*\n$/],
    [[...evaluate, '--json', json, '--csv', json], 2, /^error: --json and --csv are both .*\n$/],
    [[...evaluate, '--save', file], 1, /^error: .*file: is a file, but must be a folder for .*\n$/],
    [['evaluate', '--model', hr, '--hr', hr], 1, /^error: .* is a folder; name the \.safetensors file.*\n$/],
    [['report', '--from', hr, '--out', json], 1, /^error: .*: is a folder; name the JSON file.*\n$/],
  ];
  if (process.platform === 'linux')
    asked.push([[...evaluate, '--save', '/proc/x/y'], 1, /^error: \/proc\/x\/y: this folder cannot.*\n$/]);
  const outcomes = await Promise.all(asked.map(([argv]) => ended(startEval(argv))));
  for (const [at, [argv, code, stderr]] of asked.entries())
    expect({ argv, ...outcomes[at] }).toMatchObject({
      argv,
      code,
      stdout: '',
      stderr: expect.stringMatching(stderr) as string,
    });
  expect(readFileSync(join(hr, '00.png'))).toEqual(before);
});

test('a result beside the pictures is no picture of them, and names of presets are no files', async () => {
  const hr = await folderOf(pictures(1));
  const beside = { '--json': join(hr, 'e.json'), '--csv': 'bicubic' };
  await expect(checkOutputs({ inputs: [hr, 'bicubic'], files: beside })).resolves.toBeUndefined();
  // Which pictures are written is looked at when their names are known.
  const one = { inputs: [join(hr, '00.png')], files: {}, folders: { '--save': hr } };
  await expect(checkOutputs(one)).resolves.toBeUndefined();
});

test('a model beside the pictures to write, or a folder called like a preset, is not in their way', async () => {
  const folder = await folderOf({ 'm.safetensors': '', 'sparnet-x8/a.png': '' });
  const named = ['m.safetensors', 'sparnet-x8'].map((name) => join(folder, name));
  for (const save of [folder, named[1]])
    await checkOutputs({ inputs: [], named, files: {}, folders: { '--save': save } });
  const over = checkOutputs({ inputs: [], named, files: { '--json': named[0] } });
  await expect(over).rejects.toMatchObject({ code: 'bad-argument' });
});
