import { SparnetError } from '@sparnet/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asUsage, runProgram, type Program } from './index.ts';

let [stdout, stderr] = ['', ''];
beforeEach(() => {
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

type Act = (words: readonly string[]) => Promise<number>;

const commands: Record<string, Act> = {
  count: async (words) => words.length,
  read: () =>
    asUsage(() => {
      throw new SparnetError('bad-argument', 'expected a number');
    }),
  work: async () => {
    throw new SparnetError('bad-argument', 'expected more');
  },
  break: async () => {
    throw new TypeError('oh');
  },
};
const program: Program<Act> = {
  help: 'all commands\n',
  find: (name) => commands[name],
  helpOf: () => 'one command\n',
  run: (command, _, words) => command(words),
};

test.each<[string, string[], Partial<Program<Act>>, number, string, RegExp]>([
  ['a command', ['count', 'a', '--b'], {}, 2, '', /^$/],
  ['behind what pnpm leaves', ['--', 'count'], {}, 0, '', /^$/],
  ['help', ['--help'], {}, 0, 'all commands\n', /^$/],
  ['no word', [], {}, 0, 'all commands\n', /^$/],
  ['help of a command', ['count', '-h'], {}, 0, 'one command\n', /^$/],
  ['an unknown command', ['cuont'], {}, 2, '', /^unknown command cuont\n\nall commands\n$/],
  ['a flag without a command', ['--a'], {}, 2, '', /^unknown command --a/],
  ['the usual command', ['--a'], { usual: 'count' }, 1, '', /^$/],
  ['the usual command without a flag', [], { usual: 'count' }, 0, '', /^$/],
  ['the usual command behind what pnpm leaves', ['--', '--a'], { usual: 'count' }, 1, '', /^$/],
  ['help where there is a usual command', ['-h'], { usual: 'count' }, 0, 'all commands\n', /^$/],
  ['wrong usage', ['read'], {}, 2, '', /^error: expected a number\n$/],
  ['the same error from work at hand', ['work'], {}, 1, '', /^error: expected more\n$/],
  ['an error that nobody foresaw', ['break'], {}, 1, '', /^TypeError: oh\n +at /],
])('%s', async (_, argv, changes, code, out, complaint) => {
  await runProgram({ ...program, ...changes }, argv);
  expect([process.exitCode, stdout]).toEqual([code, out]);
  expect(stderr).toMatch(complaint);
});
