import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkIdleFlags } from './check-idle-flags.ts';
import { ablationCommand } from './commands/ablation.ts';
import { trainCommand } from './commands/train.ts';
import { tempFolder } from './data/temp-folder.ts';
import { trainOptions } from './options.ts';
import { checkConfig } from './run/check-config.ts';

const on = new AbortController().signal;

test.each([
  [['--teacher-weight', '2'], /^--teacher-weight has no effect here; give a --teacher with it/],
  [['--hold', '0.5'], /^--hold .*--schedule linear or cosine/],
  [['--floor', '0.1', '--schedule', 'step'], /^--floor .*--schedule linear or cosine/],
  [['--gamma', '0.1', '--schedule', 'cosine'], /^--gamma .*--schedule step/],
  [['--hold', '0.5', '--discriminator-schedule', 'linear'], /^--hold/],
  [['--discriminator-lr', '1e-3'], /^--discriminator-lr .*--adversarial-weight above 0/],
  [['--perceptual', 'lpips-squeeze'], /^--perceptual .*--perceptual-weight above 0/],
])('a flag that can change nothing is refused: %j', async (argv, message) => {
  await expect(trainCommand.run(argv, on)).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringMatching(message),
  });
});

test.each([
  [['--teacher-weight', '2', '--teacher', 'sparnet-x8']],
  [['--hold', '0.5', '--floor', '0.1', '--schedule', 'cosine']],
  [['--hold', '0.5', '--discriminator-schedule', 'linear', '--adversarial-weight', '1']],
  [['--preset', 'sparnethd-128', '--discriminator-lr', '1e-3', '--perceptual', 'lpips-squeeze']],
  [['--preset', 'sparnethd-128', '--perceptual-weight', '0', '--perceptual', 'lpips-squeeze']],
  [['--preset', 'sparnethd-128', '--adversarial-weight', '0', '--discriminator-lr', '1e-3']],
])('with what it needs, or a loss left out on purpose, it is taken: %j', async (argv) => {
  await expect(trainCommand.run(argv, on)).rejects.toThrow(/^no photographs/);
});

test('a file may hold idle settings, and give a flag what it needs', async () => {
  const file = join(tempFolder(), 'config.json');
  writeFileSync(file, JSON.stringify(checkConfig({ horizon: 5, hold: 0.5, teacherWeight: 2 }, trainOptions)));
  await expect(trainCommand.run(['--config', file], on)).rejects.toThrow(/^no photographs/);
  await expect(trainCommand.run(['--config', file, '--hold', '0.1'], on)).rejects.toThrow(/^--hold/);
  writeFileSync(file, JSON.stringify({ schedule: 'linear' }));
  await expect(trainCommand.run(['--config', file, '--hold', '0.1'], on)).rejects.toThrow(/^no photographs/);
});

test('of an ablation, one network must have a use for it', async () => {
  const flags = { discriminatorLr: 1e-3 };
  expect(() => checkIdleFlags(flags, flags, ['cbam', 'sparnethd-128'])).not.toThrow();
  const argv = ['--presets', 'cbam', '--out', 'x', '--val', 'x', '--discriminator-lr', '1e-3'];
  await expect(ablationCommand.run(argv, on)).rejects.toThrow(/^--discriminator-lr/);
});
