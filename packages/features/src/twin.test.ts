// Narrow networks with random weights against a PyTorch twin; scripts/twin.py made the files.
import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import { parseWeights } from '@sparnet/weights';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { twinGaps } from '../fixtures/twin-gaps.ts';

describe.each(['cpu', 'wasm'] as const)('on %s', (engineName) => {
  beforeAll(async () => {
    const engine = await useEngine(engineName);
    return () => engine.dispose();
  });

  test.each([
    ['alexnet', 8],
    ['vgg16', 8],
    ['inception-fid', 3],
  ] as const)('%s agrees with its twin', (name, tensors) => {
    const file = readFileSync(new URL(`../fixtures/${name}.safetensors.gz`, import.meta.url));
    const gaps = twinGaps(name, parseWeights(gunzipSync(file), { name }));
    expect(gaps).toHaveLength(tensors);
    expect(gaps.filter(({ largest }) => !(largest <= 2e-5))).toEqual([]);
  });
});
