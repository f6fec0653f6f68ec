import { SparnetError } from '@sparnet/core';
import { expect, test } from 'vitest';
import { importPeer } from './import-peer.ts';

test('an installed package is what it exports', async () => {
  expect(await importPeer('node:path', () => import('node:path'))).toHaveProperty('join');
});

test('a package that is not there is an error with the install line', async () => {
  const name: string = '@sparnet/not-there';
  const error: unknown = await importPeer(name, () => import(/* @vite-ignore */ name)).catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(SparnetError);
  expect(error).toMatchObject({
    code: 'missing-package',
    message: '@sparnet/not-there is not installed, which this needs: npm install @sparnet/not-there',
  });
});

test.each([
  { text: "Cannot find package '@tensorflow/tfjs' imported from", missing: '@tensorflow/tfjs' },
  { text: "Cannot find module '@tensorflow/tfjs-backend-wasm'", missing: '@tensorflow/tfjs-backend-wasm' },
  { text: "Cannot find module 'face-api/dist/face-api.js'", missing: 'face-api' },
])('a package that the package needs is named: $missing', async ({ text, missing }) => {
  const absent = Object.assign(new Error(text), { code: 'MODULE_NOT_FOUND' });
  const needs = ['face-api', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];
  await expect(importPeer('face-api', () => Promise.reject(absent), needs)).rejects.toMatchObject({
    code: 'missing-package',
    message: expect.stringMatching(
      new RegExp(`^${missing} is not installed.*npm install face-api @tensorflow`),
    ),
  });
});

test('what is broken stays what it is', async () => {
  const broken = Object.assign(new Error("Cannot find module './inside.js'"), { code: 'MODULE_NOT_FOUND' });
  await expect(importPeer('face-api', () => Promise.reject(broken))).rejects.toBe(broken);
  const other = new Error("it says 'face-api'");
  await expect(importPeer('face-api', () => Promise.reject(other))).rejects.toBe(other);
});
