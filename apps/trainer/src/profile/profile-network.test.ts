import { useEngine } from '@sparnet/engine';
import { resolveConfig, summary, type SparnetConfigInput } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { tinyNetwork } from '../run-fixture.ts';
import { profileNetwork } from './profile-network.ts';
import type { Profile } from './profile.ts';
import { profileText } from './profile-text.ts';

const network = resolveConfig(tinyNetwork as SparnetConfigInput);
const options = {
  network,
  loss: { kind: 'squared', reduction: 'mean' },
  seed: 1,
  checkpointing: false,
  threads: 1,
  clock: 'wall',
} as const;
const batch = 2;

const sum = <Row>(rows: readonly Row[], value: (row: Row) => number): number =>
  rows.reduce((total, row) => total + value(row), 0);

describe.each(['cpu', 'wasm'] as const)('a profile on engine %s', (engine) => {
  let profile: Profile;
  let leftBehind: number;
  beforeAll(async () => {
    const { dispose } = await useEngine(engine);
    const before = tf.memory().numTensors;
    profile = await profileNetwork({ ...options, engine, batch, steps: 3 });
    leftBehind = tf.memory().numTensors - before;
    dispose();
  }, 60_000);

  test('shows the step of median length, whose parts add up to it', () => {
    const { stepsMs, stepMs, phasesMs, layers, kernels } = profile;
    expect(stepsMs).toHaveLength(3);
    expect(stepMs).toBe(stepsMs.toSorted((a, b) => a - b)[1]);
    const parts = sum(layers, (row) => (row.depth === 1 ? row.forwardMs : 0));
    expect(parts).toBeCloseTo(phasesMs.forward, 6);
    const backward = sum(layers, (row) => (row.depth === 1 ? row.backwardMs : 0));
    expect(backward).toBeCloseTo(phasesMs.backward, 6);
    expect(sum(kernels, (row) => row.totalMs)).toBeCloseTo(stepMs, 6);
    expect(sum(kernels, (row) => row.share)).toBeCloseTo(1, 9);
    expect(sum(Object.values(phasesMs), (ms) => ms)).toBeCloseTo(stepMs, 6);
    for (const ms of Object.values(phasesMs)) expect(ms).toBeGreaterThan(0);
  });

  test('a layer contains the layers inside it', () => {
    const { layers } = profile;
    expect(layers.filter(({ depth }) => depth === 1).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['encoder.0', 'decoder.0', 'out_conv', 'loss']),
    );
    expect(layers.map(({ name }) => name)).toContain('decoder.0.att_func.b1_1');
    for (const [index, row] of layers.entries()) {
      const end = layers.findIndex((other, at) => at > index && other.depth <= row.depth);
      const within = layers.slice(index + 1, end < 0 ? undefined : end);
      const inside = within.filter(({ depth }) => depth === row.depth + 1);
      expect(sum(inside, ({ forwardMs }) => forwardMs)).toBeLessThanOrEqual(row.forwardMs + 1e-6);
      expect(sum(inside, ({ backwardMs }) => backwardMs)).toBeLessThanOrEqual(row.backwardMs + 1e-6);
      expect(sum(inside, ({ keptBytes }) => keptBytes)).toBeLessThanOrEqual(row.keptBytes);
    }
  });

  test('every layer of the summary has a row with its multiply-adds, and takes time in both passes', () => {
    const { layers, multiplyAdds } = summary(network);
    expect(profile.multiplyAdds).toBe(multiplyAdds);
    expect(sum(profile.layers, (row) => (row.depth === 1 ? row.multiplyAdds : 0))).toBe(multiplyAdds);
    for (const layer of layers) {
      const row = profile.layers.find(({ name }) => name === layer.name);
      expect(row).toMatchObject(layer.kind === 'convolution' ? { multiplyAdds: layer.multiplyAdds } : {});
      expect(row?.forwardMs).toBeGreaterThan(0);
      expect(row?.backwardMs).toBeGreaterThan(0);
    }
  });

  test('names kernels and operations of both passes', () => {
    expect(profile.kernels.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Conv2D', '(optimiser)']),
    );
    const convolutions = summary(network).layers.filter(({ kind }) => kind === 'convolution').length;
    const calls = sum(profile.operations, ({ name, calls: count }) =>
      /^Sparnet(Upsampled)?Conv2d backward$/.test(name) ? count : 0,
    );
    expect(calls).toBe(convolutions);
    for (const { ownMs, totalMs } of profile.operations) expect(ownMs).toBeLessThanOrEqual(totalMs);
    expect(profile.outsideKernelsMs).toBeLessThan(profile.stepMs);
  });

  test('says what memory holds', () => {
    const { memory, layers } = profile;
    expect(memory.peak.bytes).toBeGreaterThan(memory.kept + memory.weights);
    expect(memory.kept).toBe(sum(memory.keptTensors, ({ bytes }) => bytes));
    expect(memory.kept).toBe(sum(layers, (row) => (row.depth === 1 ? row.keptBytes : 0)));
    // The input, the target and the outputs of convolutions at least.
    const { activationBytes } = summary(network);
    expect(memory.kept).toBeGreaterThan(batch * activationBytes);
    expect(memory.gradients).toBe(4 * summary(network).parameters);
    expect(memory.mostResident).toBeGreaterThanOrEqual(memory.resident);
    expect(memory.wasmHeap > 0).toBe(engine === 'wasm');
  });

  test('leaves the engine as it was', () => {
    expect(leftBehind).toBe(0);
    expect(Object.hasOwn(globalThis, Symbol.for('sparnet.recorder'))).toBe(false);
    expect(Object.hasOwn(tf.engine(), 'runKernel')).toBe(false);
  });

  test.each([1, 2, 3])('is read in 100 columns, %i levels deep', (depth) => {
    const text = profileText(profile, { title: 'tiny', depth });
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(text).toMatch(/^a step took [\d.]+ m?s for 2 images/m);
    expect(/^ {4}b1_1 /m.test(text)).toBe(depth === 3);
  });
});

test('a second thread is refused where there is none', async () => {
  await expect(profileNetwork({ ...options, engine: 'cpu', batch, steps: 1, threads: 2 })).rejects.toThrow(
    /expected 1 on engine cpu for threads, got 2/,
  );
});
