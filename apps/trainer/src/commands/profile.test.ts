import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isWrongUsage } from 'command-line';
import { tempFolder } from '../data/temp-folder.ts';
import { helpText } from '../run/help-text.ts';
import { tinyNetwork } from '../run-fixture.ts';
import { profileCommand } from './profile.ts';

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
const tiny = ['--network', JSON.stringify(tinyNetwork), '--engine', 'cpu'];

test('prints a profile, and writes it whole', async () => {
  const json = join(tempFolder(), 'profile.json');
  const argv = [...tiny, '--batch', '2', '--steps', '2', '--depth', '2', '--json', json];
  expect(await profileCommand.run(argv, on)).toBe(0);
  expect(stdout).toMatch(/^sparnet-v16-s4 with changes, 8x8 to 16x16, engine cpu, one thread/);
  expect(stdout).toMatch(/^machine limit [\d.]+ GFLOP\/s/m);
  expect(stdout).toMatch(/^decoder\.0 .*\n(.*\n)*? {2}att_func /m);
  expect(stdout).toMatch(/^tensors: at most [\d.]+ MiB, reached in (forward|backward)/m);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
    preset: 'sparnet-v16-s4',
    engine: { name: 'cpu', threads: 1 },
    network: { inputSize: 8 },
    batch: 2,
    stepsMs: [expect.any(Number), expect.any(Number)],
    layers: expect.arrayContaining([expect.objectContaining({ name: 'decoder.0.att_func.b1_1', depth: 3 })]),
    memory: { peak: { bytes: expect.any(Number) } },
  });
});

test.each<[string, string[], RegExp]>([
  ['a word', ['sparnet-tiny'], /--preset.*sparnet-tiny/],
  ['a preset that is none', ['--preset', 'sparnet-tny'], /sparnet-tiny/],
  ['no steps', ['--steps', '0'], /--steps/],
  ['threads that the engine lacks', [...tiny, '--threads', '2'], /threads/],
  ['a folder that is not there', [...tiny, '--json', '/nowhere/profile.json'], /\/nowhere\/profile\.json/],
  ['a file without a name', [...tiny, '--json', ''], /--json, got ""/],
  ['a folder in place of a file', [...tiny, '--json', tmpdir()], /--json/],
])('refused: %s', async (_, argv, message) => {
  const error: unknown = await profileCommand.run(argv, on).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(message);
  expect(isWrongUsage(error)).toBe(true);
  expect(stdout).toBe('');
});

test('its help fits 80 columns', () => {
  const help = helpText(profileCommand.table, profileCommand);
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
