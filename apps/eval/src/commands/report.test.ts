import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { expect, test, vi } from 'vitest';
import { tempFolder } from '../eval-fixture.ts';
import { resultOf } from '../result-fixture.ts';
import { reportCommand } from './report.ts';

const on = new AbortController().signal;

test('results become a page; the title says what it compares unless one is given', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const folder = tempFolder();
  const files = ['a', 'b'].map((name) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(resultOf({ ann: 20 }, { name })));
    return file;
  });
  const out = join(folder, 'report.html');
  expect(await reportCommand.run(['--from', ...files, '--out', out], on)).toBe(0);
  expect(stdout.mock.lastCall?.[0]).toBe(`${out}\n`);
  expect(readFileSync(out, 'utf8')).toContain('<title>Face super-resolution: a, b</title>');
  await reportCommand.run(['--from', files[0]!, '--from', files[1]!, '--out', out, '--title', 'A & B'], on);
  expect(readFileSync(out, 'utf8')).toContain('<title>A &#38; B</title>');
  stdout.mockRestore();
});

test('a file of something else is named, and nothing is written', async () => {
  const file = join(tempFolder(), 'a.json');
  writeFileSync(file, '{"format":"other"}');
  await expect(reportCommand.run(['--from', file, '--out', `${file}.html`], on)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(file) as string,
  });
  expect(() => readFileSync(`${file}.html`)).toThrow('ENOENT');
});

test.each([
  [['--out', 'a.html'], /--from FILE/],
  [['--from', 'a.json'], /--out FILE\.html/],
  [['a.json'], /--from and a file/],
])('refused: %j', async (argv, message) => {
  const error: unknown = await reportCommand.run(argv, on).catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'bad-argument')).toBe(true);
  expect((error as Error).message).toMatch(message);
});
