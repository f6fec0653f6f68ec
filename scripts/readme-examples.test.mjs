// The first example of every package's README runs as it stands.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../packages', import.meta.url));
const preload = pathToFileURL(fileURLToPath(new URL('ts.mjs', import.meta.url))).href;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  for (const [name, target] of installed()) {
    const link = join(folder, 'node_modules', name);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link, 'junction');
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.for(readdirSync(packages))('the first example in the README of %s runs', async (name, { skip }) => {
  const { language, browser, code } = firstExample(readFileSync(join(packages, name, 'README.md'), 'utf8'));
  if (browser) skip();
  const file = join(folder, `${name}.${language === 'ts' ? 'mts' : 'mjs'}`);
  writeFileSync(file, code);
  expect(await run(file)).toEqual({ code: 0, complaint: '' });
});

test('an example may be marked as one for browsers', () => {
  expect(firstExample('```sh\nx\n```\n```js browser\nalert(1)\n```')).toMatchObject({ browser: true });
  expect(firstExample('```ts\nlet a: 1\n```')).toEqual({
    language: 'ts',
    browser: false,
    code: 'let a: 1\n',
  });
});

function firstExample(readme) {
  const [, language, mark, code] = readme.match(/^```(js|ts)( browser)?\n(.*?)^```/ms) ?? [];
  if (code === undefined) throw new Error('the README has no ```js or ```ts block');
  return { language, browser: mark !== undefined, code };
}

/** The packages of the workspace, and everything that one of them has installed. */
function* installed() {
  for (const name of readdirSync(packages)) yield [`@sparnet/${name}`, join(packages, name)];
  for (const name of readdirSync(packages)) {
    const modules = join(packages, name, 'node_modules');
    for (const dependency of namesIn(modules)) yield [dependency, join(modules, dependency)];
  }
}

function namesIn(modules) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    );
}

/** How the program ended, with what it wrote to stderr if it failed. */
function run(file) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`--import=${preload}`, '--conditions=@sparnet/source', file], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const errors = [];
    child.stderr.on('data', (part) => errors.push(part));
    child.on('close', (code) =>
      resolve({ code, complaint: code === 0 ? '' : Buffer.concat(errors).toString().slice(-4000) }),
    );
  });
}
