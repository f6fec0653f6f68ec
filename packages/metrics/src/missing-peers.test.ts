import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('./', import.meta.url));

/** Runs a module in a Node in which the named packages can't be found; the result is what it prints. */
async function without(packages: string[], code: string): Promise<string> {
  const hooks = `
    export async function resolve(specifier, context, next) {
      const name = ${JSON.stringify(packages)}.find((one) => specifier === one || specifier.startsWith(one + '/'));
      if (name === undefined) return next(specifier, context);
      throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: 'ERR_MODULE_NOT_FOUND' });
    }`;
  const preload = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
  const flags = [...process.execArgv, '--import', dataUrl(preload), '--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: folder });
  return stdout.trim();
}

const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const report = '.catch(({ code, message }) => console.log(code + ": " + message))';
const engine = "await (await import('@sparnet/engine')).useEngine('cpu');";

const everything = [
  '@sparnet/engine',
  '@sparnet/features',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@vladmandic/face-api',
];

test('every entry loads, and what needs no package works, without any', async () => {
  const code = `
    const [, lpips, fid, faces] = await Promise.all(
      ['index', 'lpips', 'fid', 'faces'].map((entry) => import('./' + entry + '.ts')));
    console.log(fid.kernelDistance([2, 4], [1, 3], { dimensions: 1 }), faces.cosineSimilarity([1], [2]));
    for (const open of [lpips.openLpips, fid.openFeatureExtractor, faces.openFaceApi]) await open()${report};`;
  const needed = 'missing-package: @tensorflow/tfjs-core is not installed, which this needs: ';
  expect((await without(everything, code)).split('\n')).toEqual([
    '-553 1',
    ...Array.from({ length: 3 }, () => `${needed}npm install @tensorflow/tfjs-core`),
  ]);
});

test('a missing package is an error with the install line', async () => {
  const code = `${engine}
    await (await import('./lpips.ts')).openLpips()${report};
    await (await import('./fid.ts')).openFeatureExtractor()${report};
    await (await import('./faces.ts')).openFaceApi()${report};`;
  const [lpips, fid, faces] = (await without(['@sparnet/features', '@vladmandic/face-api'], code)).split(
    '\n',
  );
  const features =
    'missing-package: @sparnet/features is not installed, which this needs: ' +
    'npm install @sparnet/features @sparnet/engine @tensorflow/tfjs-core';
  expect([lpips, fid]).toEqual([features, features]);
  expect(faces).toBe(
    'missing-package: @vladmandic/face-api is not installed, which this needs: ' +
      'npm install @vladmandic/face-api @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
  );
});
