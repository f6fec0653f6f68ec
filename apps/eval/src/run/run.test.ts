import { expect, test } from 'vitest';
import { resultOf } from '../result-fixture.ts';
import { helpText, readFlags, wholeNumber } from './flags.ts';
import { openProgress } from './progress.ts';
import { resultCsv, resultText } from './result-text.ts';
import { markdownTable } from './text-table.ts';

const table = {
  hr: { takes: 'DIR', help: 'Photographs.' },
  sr: { takes: 'NAME=DIR...', many: true, help: 'Methods.' },
  kid: { help: 'The kernel distance too.' },
} as const;

test('a list takes the words up to the next flag and may be repeated', () => {
  const { values, words } = readFlags(
    ['x', '--sr', 'a=1', 'b=2', '--kid', 'y', '--sr=c=3', 'z', '--hr=p'],
    table,
  );
  expect(values).toEqual({ sr: ['a=1', 'b=2', 'c=3'], kid: true, hr: 'p' });
  expect(words).toEqual(['x', 'y', 'z']);
  expect(readFlags(['--sr', 'a', '--', '--kid'], table)).toEqual({ values: { sr: ['a'] }, words: ['--kid'] });
});

test.each([
  [['--hrr', 'x'], /^Unknown option '--hrr'; --help lists the flags$/],
  [['--hr'], /'--hr <value>' argument missing/],
  [['--kid=1'], /'--kid' does not take an argument/],
])('refused: %j', (argv, message) => {
  expect(() => readFlags(argv, table)).toThrow(message);
});

test('numbers behind flags are whole', () => {
  expect(wholeNumber('--border', '12')).toBe(12);
  for (const text of ['1.5', '-1', '1e3', ''])
    expect(() => wholeNumber('--border', text)).toThrow(/--border/);
});

test('help fits 80 columns', () => {
  const long = {
    ...table,
    features: { takes: 'NETWORK-OF-SOME-NAME', help: 'Which one. '.repeat(20).trim() },
  };
  const lines = helpText(long, 'eval x').split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines[2]).toMatch(/^ {2}--hr DIR +Photographs\.$/);
});

test.each([
  ['one line that changes on a terminal', true, /\r.\[K20 of 300 pictures, 2\.0 a second, 2 min 20 s left/],
  [
    'a line every ten seconds elsewhere',
    false,
    /^20 of 300 pictures, 2\.0 a second, 2 min 20 s left\nskipped a\n$/,
  ],
])('progress: %s', (_, isTTY, expected) => {
  let [time, text] = [0, ''];
  const stream = { isTTY, write: (part: string) => (text += part) };
  const progress = openProgress({ total: 300, stream, now: () => time });
  for (let done = 0; done < 30; done++) {
    time += 500;
    progress.advance();
  }
  progress.say('skipped a');
  progress.close();
  expect(text).toMatch(expected);
});

test('results as text and CSV', () => {
  const result = resultOf(
    { 'a,"b"': 30, c: 'Infinity', d: null },
    { skipped: [{ name: 'e', reason: 'bad' }] },
  );
  expect(resultCsv(result)).toBe('name,psnr\n"a,""b""",30\nc,Infinity\nd,\n');
  const [first, head, psnr, few] = resultText({ ...result, border: 2 }).split('\n');
  expect(few).toBe('no 95 % interval (-) of fewer than 5 pictures');
  const { scale: _, ...unscaled } = result;
  expect(resultText(unscaled)).toMatch(/1 skipped, protocol sparnet\n/);
  expect(first).toBe('method: 3 pictures, 1 skipped, scale 8, protocol sparnet, border 2');
  expect(head?.split(/ {2,}/)).toContain('median');
  expect(psnr?.split(/ {2,}/)).toEqual(['psnr dB ↑', 'inf', '-', '-', 'inf', '30.0000', 'inf', '2']);
  expect(
    markdownTable([
      ['a', 'b'],
      ['x|y', '1'],
    ]),
  ).toBe('| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n');
});
