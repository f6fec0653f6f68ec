import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preset, summary, summaryText } from '@sparnet/models';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tempFolder } from '../data/temp-folder.ts';
import { helpText } from '../run/help-text.ts';
import { ended, startTrainer, tinyRun } from '../run-fixture.ts';
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
  expect(await presetsCommand.run([], on)).toBe(0);
  expect(stdout).toMatch(/^sparnet-v16-s4 +10\.52 M +7\.13 G +16 -> 128$/m);
  stdout = '';
  expect(await presetsCommand.run(['--json'], on)).toBe(0);
  expect((JSON.parse(stdout) as Record<string, unknown>)['cbam']).toEqual(preset('cbam'));
  stdout = '';
  expect(await presetsCommand.run(['cbam'], on)).toBe(0);
  expect(stdout).toBe(`${summaryText(summary(preset('cbam')))}\n`);
  stdout = '';
  expect(await presetsCommand.run(['cbam', '--json'], on)).toBe(0);
  expect(JSON.parse(stdout)).toEqual(preset('cbam'));
  await expect(presetsCommand.run(['cbm'], on)).rejects.toThrow(/cbam.*cbm/);
});

test('the doctor tries every engine and says how to get one that is not there', async () => {
  vi.stubEnv('SPARNET_NATIVE', tempFolder());
  vi.stubEnv('SPARNET_WEBGPU', tempFolder());
  vi.spyOn(console, 'warn').mockReturnValue();
  expect(await doctorCommand.run(['--json'], on)).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    node: process.version,
    auto: 'wasm',
    engines: [
      {
        engine: 'native',
        works: false,
        detail: expect.stringContaining('npm install @tensorflow/tfjs-node'),
      },
      {
        engine: 'webgpu',
        works: false,
        detail: expect.stringContaining('npm install @tensorflow/tfjs-backend-webgpu'),
      },
      { engine: 'wasm', works: true, detail: expect.stringContaining('one thread') },
      { engine: 'cpu', works: true },
    ],
  });
  stdout = '';
  expect(await doctorCommand.run([], on)).toBe(0);
  expect(stdout).toMatch(
    /^native +missing .*\n(.*\n)*webgpu +missing .*\n(.*\n)*wasm +works .*\ncpu +works .*\n--engine auto takes wasm\n$/m,
  );
  expect(stdout.split('\n').filter((line) => line.length > 100 && !/\S{60}/.test(line))).toEqual([]);
});

const commands = { trainCommand, resumeCommand, ablationCommand, doctorCommand, presetsCommand };
test.each(Object.entries(commands))('the help of %s fits 80 columns', (_, command) => {
  const help = helpText(command.table, command);
  expect(help).toMatch(/^trainer [a-z]+/);
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each<[string, () => Promise<number>, RegExp]>([
  ['a flag that is unknown', () => trainCommand.run(['--bach', '4'], on), /--bach; did you mean --batch\?/],
  ['a word that belongs to no flag', () => trainCommand.run(['faces'], on), /--data.*faces/],
  [
    'two ways to say how long',
    () => trainCommand.run(['--steps', '1', '--epochs', '1'], on),
    /--steps.*--epochs/,
  ],
  ['JSON that is none', () => trainCommand.run(['--network', '{max'], on), /--network/],
  ['no run to resume', () => resumeCommand.run([], on), /one run folder/],
  ['two runs to resume', () => resumeCommand.run(['a', 'b'], on), /one run folder/],
  [
    'a config file that is missing',
    () => trainCommand.run(['--config', '/nowhere.json'], on),
    /\/nowhere\.json/,
  ],
])('refused: %s', async (_, outcome, message) => {
  await expect(outcome()).rejects.toThrow(message);
});

test('exit codes: 0, 2 for wrong usage, 1 for what went wrong otherwise; errors are one line', async () => {
  const blown = join(tempFolder(), 'config.json');
  writeFileSync(blown, JSON.stringify(await tinyRun({ lr: 1e30, schedule: 'constant', engine: 'cpu' })));
  const unknown = join(tempFolder(), 'notes.txt');
  writeFileSync(unknown, 'no picture');
  const recipe = join(tempFolder(), 'recipe.json');
  writeFileSync(recipe, '{"steps": [{"op": "resize", "shrink": 0}]}');
  const degraded = [
    'train',
    '--data',
    unknown,
    '--steps',
    '1',
    '--out',
    join(tempFolder(), 'run'),
    '--degrade',
  ];
  const [help, usage, config, failure, divergence, late, named, broken, npm] = await Promise.all(
    [
      ['train', '--help'],
      ['train', '--steeps', '5'],
      ['train', '--data', '/nowhere', '--out', join(tempFolder(), 'run')],
      ['resume', '/nowhere'],
      ['train', '--config', blown],
      ['train', '--data', unknown, '--steps', '1', '--out', join(tempFolder(), 'run')],
      [...degraded, 'sparnethd-512'],
      [...degraded, recipe],
      [], // npm run trainer --minutes 2
    ].map((argv) => ended(startTrainer(argv, argv.length === 0 ? { npm_config_minutes: '2' } : {}))),
  );
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(usage).toMatchObject({ code: 2, stderr: 'error: unknown flag --steeps; did you mean --steps?\n' });
  expect(config).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: .*--steps.*\n$/) });
  expect(npm).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: npm has kept --minutes .*-- demo/),
  });
  expect(named).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/one of bicubic-x4, .*"sparnethd-512"\n$/),
  });
  expect(broken).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: .*recipe\.json: .*recipe\.steps\[0\]\.shrink, got 0\n$/),
  });
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: \/nowhere: holds no run.*\n$/),
  });
  expect(divergence).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: step \d+: .*\n$/m) });
  expect(divergence?.stderr).not.toContain('TensorFlow.js');
  // Bad arguments from deeper down than the options are no wrong usage.
  expect(late).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*notes\.txt is neither/m) });
});
