import { join } from 'node:path';
import { preset } from '@sparnet/models';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tempFolder } from '../data/temp-folder.ts';
import { ended, startTrainer } from '../run-fixture.ts';
import { ablationCommand } from './ablation.ts';
import { doctorCommand } from './doctor.ts';
import { presetsCommand } from './presets.ts';
import { resumeCommand } from './resume.ts';
import { trainCommand } from './train.ts';

let stdout = '';
beforeEach(() => {
  stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const on = new AbortController().signal;

test('presets are listed with their size, or as JSON', async () => {
  expect(await presetsCommand([])).toBe(0);
  expect(stdout).toMatch(/^sparnet-v16-s4 +10\.52 M +7\.13 G +16 -> 128$/m);
  stdout = '';
  expect(await presetsCommand(['--json'])).toBe(0);
  expect((JSON.parse(stdout) as Record<string, unknown>)['cbam']).toEqual(preset('cbam'));
});

test('the doctor tries every engine and says how to get one that is not there', async () => {
  vi.stubEnv('SPARNET_NATIVE', tempFolder());
  vi.spyOn(console, 'warn').mockReturnValue();
  expect(await doctorCommand(['--json'])).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    node: process.version,
    auto: 'wasm',
    engines: [
      {
        engine: 'native',
        works: false,
        detail: expect.stringContaining('npm install @tensorflow/tfjs-node'),
      },
      { engine: 'wasm', works: true },
      { engine: 'cpu', works: true },
    ],
  });
  stdout = '';
  expect(await doctorCommand([])).toBe(0);
  expect(stdout).toMatch(
    /^native +missing .*\n(.*\n)*wasm +works .*\ncpu +works .*\n--engine auto takes wasm\n$/m,
  );
});

test.each(Object.entries({ trainCommand, resumeCommand, ablationCommand, doctorCommand, presetsCommand }))(
  '%s --help fits 80 columns',
  async (_, command) => {
    expect(await command(['--help'], on)).toBe(0);
    expect(stdout).toMatch(/^trainer [a-z]+/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test.each<[string, () => Promise<number>, RegExp]>([
  ['a flag that is unknown', () => trainCommand(['--bach', '4'], on), /--bach; did you mean --batch\?/],
  ['a word that belongs to no flag', () => trainCommand(['faces'], on), /--data.*faces/],
  [
    'two ways to say how long',
    () => trainCommand(['--steps', '1', '--epochs', '1'], on),
    /--steps.*--epochs/,
  ],
  ['JSON that is none', () => trainCommand(['--network', '{max'], on), /--network/],
  ['no run to resume', () => resumeCommand([], on), /one run folder/],
  ['two runs to resume', () => resumeCommand(['a', 'b'], on), /one run folder/],
  ['a config file that is missing', () => trainCommand(['--config', '/nowhere.json'], on), /\/nowhere\.json/],
])('refused: %s', async (_, outcome, message) => {
  await expect(outcome()).rejects.toThrow(message);
});

test('exit codes: 0, 2 for wrong usage, 1 for what went wrong otherwise; errors are one line', async () => {
  const [help, usage, config, failure] = await Promise.all(
    [
      ['--help'],
      ['train', '--steeps', '5'],
      ['train', '--data', '/nowhere', '--out', join(tempFolder(), 'run')],
      ['resume', '/nowhere'],
    ].map((argv) => ended(startTrainer(argv))),
  );
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(usage).toMatchObject({ code: 2, stderr: 'error: unknown flag --steeps; did you mean --steps?\n' });
  expect(config).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: .*--steps.*\n$/) });
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: \/nowhere: holds no run.*\n$/),
  });
});
