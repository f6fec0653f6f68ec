// Every example in a package's README runs as it stands, with what the README says to install.
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

const readmes = readdirSync(packages).map((name) => [name, readmeOf(name)]);
const examples = readmes.flatMap(([name, readme]) =>
  examplesIn(readme).map((example, index) => [`${name} ${index + 1}`, example]),
);

test.for(examples)('example %s runs', async ([title, { language, browser, code }], { skip }) => {
  if (browser) skip();
  const file = join(folder, `${title.replace(' ', '-')}.${language === 'ts' ? 'mts' : 'mjs'}`);
  writeFileSync(file, code);
  expect(await run(file)).toEqual({ code: 0, complaint: '' });
});

test.for(readmes)('%s: its README has an example, and installs what it imports', ([, readme]) => {
  expect(examplesIn(readme)).not.toEqual([]);
  expect(notInstalled(readme)).toEqual([]);
});

test('an example may be marked as one for browsers', () => {
  expect(examplesIn('```sh\nx\n```\n```js browser\nalert(1)\n```\n```ts\nlet a: 1\n```')).toEqual([
    { language: 'js', browser: true, code: 'alert(1)\n' },
    { language: 'ts', browser: false, code: 'let a: 1\n' },
  ]);
});

test('what an example imports and no install line names is found', () => {
  const code =
    "import 'a';\nimport { b } from '@s/b/node';\nimport fs from 'node:fs';\nawait useEngine('wasm');\n";
  expect(notInstalled(`\`\`\`js\n${code}\`\`\``)).toEqual(['a', '@s/b', '@tensorflow/tfjs-backend-wasm']);
  const whole = 'npm install a @s/b @tensorflow/tfjs-backend-wasm';
  expect(notInstalled(`\`\`\`\n${whole}\n\`\`\`\n\`\`\`js\n${code}\`\`\``)).toEqual([]);
});

function readmeOf(name) {
  return readFileSync(join(packages, name, 'README.md'), 'utf8');
}

function examplesIn(readme) {
  return [...readme.matchAll(/^```(js|ts)( browser)?\n(.*?)^```/gms)].map(([, language, mark, code]) => ({
    language,
    browser: mark !== undefined,
    code,
  }));
}

/** The packages that the examples need and the README's install lines do not name. */
function notInstalled(readme) {
  const named = [...readme.matchAll(/^npm install (.*)$/gm)].flatMap(([, names]) => names.split(/\s+/));
  const code = examplesIn(readme)
    .map((example) => example.code)
    .join('\n');
  const imported = [...code.matchAll(/^(?:import|.* from) '((?:@[^/']+\/)?[^/':]+)[/']/gm)];
  const engines = [...code.matchAll(/useEngine\('(wasm|cpu)'\)/g)];
  const needed = [
    ...imported.map(([, name]) => name),
    ...engines.map(([, engine]) => `@tensorflow/tfjs-backend-${engine}`),
  ];
  return [...new Set(needed)].filter((name) => !named.includes(name));
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
