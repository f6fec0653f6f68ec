import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { importProblems } from './check-imports.mjs';

const folders = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The problems of a workspace with these files; packages declare what `dependencies` lists for them. */
function problems(files, dependencies = {}) {
  const root = mkdtempSync(join(tmpdir(), 'imports-'));
  folders.push(root);
  const write = (name, text) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  write('package.json', JSON.stringify({ devDependencies: { vitest: '*' } }));
  for (const [name, text] of Object.entries(files)) {
    const folder = name.split('/src/')[0];
    const app = folder.startsWith('apps/') || folder === 'vectors';
    const bare = folder.replace(/.*\//, '');
    const declared = Object.fromEntries((dependencies[folder] ?? []).map((dependency) => [dependency, '*']));
    write(
      `${folder}/package.json`,
      JSON.stringify({ name: app ? bare : `@sparnet/${bare}`, private: app, dependencies: declared }),
    );
    write(name, text);
  }
  return importProblems(root);
}

test('a package imports from the rows above it, never from those below', () => {
  const declared = { 'packages/layers': ['@sparnet/core', '@sparnet/models'] };
  expect(problems({ 'packages/layers/src/a.ts': `import { x } from '@sparnet/core';` }, declared)).toEqual(
    [],
  );
  for (const text of [
    `import { x } from '@sparnet/models';`,
    `import type { X } from '@sparnet/models/node';`,
    `export * from '@sparnet/models';`,
    `const x = await import('@sparnet/models');`,
    `type X = import('@sparnet/models').X;`,
  ]) {
    expect(problems({ 'packages/layers/src/a.ts': text }, declared)).toEqual([
      `packages/layers/src/a.ts: '@sparnet/models' stands below packages/layers; imports only go up`,
    ]);
  }
});

test('only the suite of reference numbers and the benchmark import a program', () => {
  const files = (name) => ({
    'apps/trainer/src/index.ts': '',
    [name]: `import 'trainer/compute/compute-pool';`,
  });
  expect(problems(files('vectors/src/a.ts'), { vectors: ['trainer'] })).toEqual([]);
  expect(problems(files('apps/eval/src/a.ts'), { 'apps/eval': ['trainer'] })).toEqual([
    `apps/eval/src/a.ts: 'trainer' is a program; only vectors and bench import one`,
  ]);
  const shared = { 'apps/command-line/src/index.ts': '', 'apps/eval/src/a.ts': `import 'command-line';` };
  expect(problems(shared, { 'apps/eval': ['command-line'] })).toEqual([]);
});

test('what is published declares what it imports; tests may use the tools of the root', () => {
  const text = `import 'vitest';\nimport 'node:fs';\nimport 'zod/v4';`;
  expect(problems({ 'packages/image/src/a.ts': text })).toEqual([
    `packages/image/src/a.ts: 'vitest' is not declared in package.json`,
    `packages/image/src/a.ts: 'zod' is not declared in package.json`,
  ]);
  expect(problems({ 'packages/image/src/a.test.ts': text }, { 'packages/image': ['zod'] })).toEqual([]);
});

test('a relative import stays inside its package, except a test that takes reference numbers', () => {
  const text = `import '../../../vectors/resize/face.png?url';`;
  expect(problems({ 'packages/image/src/a.browser.ts': text })).toEqual([]);
  expect(problems({ 'packages/image/src/a.ts': text })).toHaveLength(1);
  expect(problems({ 'packages/image/src/a.ts': `import '../../core/src/b.ts';\nimport './c.ts';` })).toEqual([
    `packages/image/src/a.ts: '../../core/src/b.ts' leaves the package; import by name`,
  ]);
});

test('layers, models and losses compute nothing with tfjs itself', () => {
  const tfjs = '@tensorflow/tfjs-core';
  const text = `import * as t from '${tfjs}';\nimport { mul } from '${tfjs}';
    export function f(x: t.Tensor4D): t.Tensor { return t.add(x, t.tensor([1])); } // not t.sub(x)`;
  const declared = { 'packages/losses': [tfjs], 'packages/engine': [tfjs] };
  expect(problems({ 'packages/losses/src/a.ts': text }, declared)).toEqual(
    ['mul', 'add'].map(
      (name) =>
        `packages/losses/src/a.ts: tf.${name} has no gradient in a sweep; use an operation of @sparnet/engine`,
    ),
  );
  expect(problems({ 'packages/losses/src/a.test.ts': text }, declared)).toEqual([]);
  expect(problems({ 'packages/engine/src/a.ts': text }, declared)).toEqual([]);
});

test('no package relies on the methods that all of tfjs puts on tensors', () => {
  const text = `import * as tf from '@tensorflow/tfjs-core';
    export const f = (x: tf.Tensor) => tf.mul(x.square(), Math.sqrt(tf.mean(x).size));`;
  expect(
    problems({ 'packages/engine/src/a.ts': text }, { 'packages/engine': ['@tensorflow/tfjs-core'] }),
  ).toEqual([
    'packages/engine/src/a.ts: .square() is only there with all of @tensorflow/tfjs; call a function',
  ]);
});
