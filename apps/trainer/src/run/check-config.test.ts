import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import { checkConfig } from './check-config.ts';
import { readConfig, writeConfig } from './config-file.ts';
import { helpText } from './help-text.ts';
import type { ConfigOf, OptionTable } from './option-table.ts';
import { flagName, parseFlags } from './parse-flags.ts';

const table = {
  preset: { type: 'string', choices: ['tiny', 'sparnet-v16-s4'], default: 'tiny', help: 'The network.' },
  data: { type: 'strings', default: [], help: 'Folders or archives of faces.' },
  batchSize: { type: 'integer', min: 1, max: 64, default: 16, help: 'Images a step.' },
  lr: { type: 'number', min: 0, help: 'The learning rate.' },
  scales: { type: 'numbers', min: 1, help: 'Factors.' },
  hours: { type: 'number', above: 0, help: 'How long.' },
  flip: { type: 'boolean', default: true, help: 'Mirror half of the faces.' },
  verbose: { type: 'boolean', default: false, help: 'Say more.' },
  schedule: { type: 'json', help: 'How the rate changes.' },
} as const satisfies OptionTable;

describe('a configuration', () => {
  test('gets its defaults and keeps the order of the table', () => {
    const config = checkConfig({ lr: 0.1, preset: 'sparnet-v16-s4' }, table);
    expect(JSON.stringify(config)).toBe(
      '{"preset":"sparnet-v16-s4","data":[],"batchSize":16,"lr":0.1,"flip":true,"verbose":false}',
    );
    expectTypeOf(config).toEqualTypeOf<ConfigOf<typeof table>>();
    expectTypeOf(config.preset).toEqualTypeOf<'tiny' | 'sparnet-v16-s4'>();
    expectTypeOf(config.lr).toEqualTypeOf<number | undefined>();
    expectTypeOf(config.batchSize).toEqualTypeOf<number>();
  });

  test.each([
    [{ batchsize: 3 }, 'run.json: unknown key "batchsize"; did you mean "batchSize"?'],
    [{ shedule: {} }, 'run.json: unknown key "shedule"; did you mean "schedule"?'],
    [{ quux: 1 }, 'run.json: unknown key "quux"; valid keys: preset, data,'],
    [{ toString: 1 }, 'run.json: unknown key "toString"'],
    [{ batchSize: 0 }, 'run.json: expected integer between 1 and 64 for batchSize, got 0'],
    [{ batchSize: '8' }, 'run.json: expected integer between 1 and 64 for batchSize, got "8"'],
    [{ hours: 0 }, 'run.json: expected number above 0 for hours, got 0'],
    [{ preset: 'huge' }, 'run.json: expected one of tiny, sparnet-v16-s4 for preset, got "huge"'],
    [{ flip: 'yes' }, 'run.json: expected true or false for flip, got "yes"'],
    [{ data: 'faces' }, 'run.json: expected list for data, got "faces"'],
    [{ data: [1] }, 'run.json: expected string for data, got 1'],
    [{ scales: [2, 0.5] }, 'run.json: expected number of at least 1 for scales, got 0.5'],
    [{ lr: null }, 'run.json: expected number of at least 0 for lr, got null'],
    [[], 'run.json: expected an object of options'],
  ])('%j is refused', (value, message) => {
    const check = () => checkConfig(value, table, { source: 'run.json' });
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ code: 'bad-config' }));
  });
});

describe('flags', () => {
  test('of every type', () => {
    const argv =
      'resume --batch-size 8 --data a b --lr=1e-3 --data c --no-flip --verbose --scales 1 2.5 --schedule {"kind":"x"}';
    expect(parseFlags(argv.split(' '), table)).toEqual({
      options: {
        batchSize: 8,
        data: ['a', 'b', 'c'],
        lr: 0.001,
        flip: false,
        verbose: true,
        scales: [1, 2.5],
        schedule: { kind: 'x' },
      },
      positionals: ['resume'],
    });
  });

  test('a value may begin with one dash, the last of two counts, and nothing after -- is a flag', () => {
    expect(() => parseFlags(['--lr', '-1'], table)).toThrow('expected number of at least 0 for --lr, got -1');
    expect(parseFlags(['--lr', '1', '--lr', '2', '--flip=false', '--', '--lr'], table)).toEqual({
      options: { lr: 2, flip: false },
      positionals: ['--lr'],
    });
  });

  test.each([
    [['--batchsize', '3'], 'unknown flag --batchsize; did you mean --batch-size?'],
    [['--no-flop'], 'unknown flag --no-flop; did you mean --no-flip?'],
    [['--no-lr'], 'unknown flag --no-lr'],
    [['--qqqqqq'], 'unknown flag --qqqqqq; see --help'],
    [['-x'], 'unknown flag -x'],
    [['--lr'], 'expected a value after --lr, got none'],
    [['--data', '--lr', '1'], 'expected a value after --data, got none'],
    [['--batch-size', '3.5'], 'expected integer between 1 and 64 for --batch-size, got 3.5'],
    [['--batch-size', 'many'], 'expected integer between 1 and 64 for --batch-size, got "many"'],
    [['--batch-size='], 'expected integer between 1 and 64 for --batch-size, got ""'],
    [['--preset', 'huge'], 'expected one of tiny, sparnet-v16-s4 for --preset, got "huge"'],
    [['--verbose=maybe'], 'expected true or false for --verbose, got "maybe"'],
    [['--schedule', '{'], 'expected JSON for --schedule, got "{"'],
  ])('%j is refused', (argv, message) => {
    expect(() => parseFlags(argv, table)).toThrow(message);
    expect(() => parseFlags(argv, table)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });

  test('say the same as a configuration file', () => {
    const word = fc.string({ minLength: 1 }).filter((text) => !text.startsWith('--'));
    const config = fc.record(
      {
        data: fc.array(word, { minLength: 1 }),
        batchSize: fc.integer({ min: 1, max: 64 }),
        lr: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        flip: fc.boolean(),
        schedule: fc.json().map((text) => JSON.parse(text) as unknown),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (options) => {
        const argv = Object.entries(options).flatMap(([key, value]) => {
          const flag = flagName(key);
          if (typeof value === 'boolean' && key === 'flip')
            return [value ? flag : flag.replace('--', '--no-')];
          if (key === 'data') return [flag, ...(value as string[])];
          return [flag, key === 'schedule' ? JSON.stringify(value) : String(value)];
        });
        const parsed = parseFlags(
          argv.filter((text) => text !== ''),
          table,
        ).options;
        expect(JSON.stringify(checkConfig(parsed, table))).toBe(JSON.stringify(checkConfig(options, table)));
      }),
      { numRuns: 100 },
    );
  });
});

test('help names every flag with its choices and default, within the columns', () => {
  const help = helpText(table, { usage: 'Usage: trainer train [options]', columns: 60 });
  expect(help.startsWith('Usage: trainer train [options]\n\n  --preset TEXT')).toBe(true);
  for (const text of ['--data TEXT...', '--batch-size N', '--[no-]flip', '--verbose', '--schedule JSON']) {
    expect(help).toContain(text);
  }
  expect(help).toContain('(default 16)');
  expect(help.replaceAll(/\s+/g, ' ')).toContain('(one of tiny, sparnet-v16-s4; default tiny)');
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

describe('the file', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('is indented JSON that reads back', async () => {
    const file = join(dir, 'config.json');
    const config = checkConfig({ lr: 0.1 }, table);
    await writeConfig(file, config);
    expect(readFileSync(file, 'utf8')).toContain('{\n  "preset": "tiny",\n');
    expect(checkConfig(await readConfig(file), table)).toEqual(config);
  });

  test('that is missing or no object is refused by name', async () => {
    const file = join(dir, 'config.json');
    await expect(readConfig(file)).rejects.toMatchObject({ code: 'missing-file' });
    await writeFile(file, '{ "lr": 0.1, }');
    await expect(readConfig(file)).rejects.toThrow(`${file}: is not JSON`);
    await writeFile(file, '[]');
    await expect(readConfig(file)).rejects.toMatchObject({ code: 'bad-config' });
  });
});
