import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import {
  adversarialKinds,
  discriminatorLoss,
  generatorLoss,
  type AdversarialKind,
  type ScaleReduction,
} from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { differenceGap, differentiated } from '../fixtures/gradients.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

const scores = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, values.length, 1]);
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The textbook's terms, a score. */
const terms: Record<AdversarialKind, Record<'real' | 'fake' | 'generator', (x: number) => number>> = {
  hinge: { real: (x) => Math.max(0, 1 - x), fake: (x) => Math.max(0, 1 + x), generator: (x) => -x },
  lsgan: { real: (x) => (x - 1) ** 2, fake: (x) => x ** 2, generator: (x) => (x - 1) ** 2 },
  vanilla: { real: (x) => softplus(-x), fake: softplus, generator: (x) => softplus(-x) },
  'wgan-gp': { real: (x) => -x, fake: (x) => x, generator: (x) => -x },
  'soft-wgan': { real: (x) => softplus(-x), fake: softplus, generator: (x) => softplus(-x) },
};

test.each(adversarialKinds)('%s: values in both reductions, on maps of any size', (kind) => {
  const scale = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 5 });
  const scales = fc.array(fc.tuple(scale, scale), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(scales, (pairs) => {
      const before = tf.memory().numTensors;
      const real = pairs.map(([values]) => scores(...values));
      const fake = pairs.map(([, values]) => scores(...values));
      const value = (loss: tf.Scalar): number => {
        const [number] = loss.dataSync();
        loss.dispose();
        return number as number;
      };
      const { real: ofReal, fake: ofFake, generator } = terms[kind];
      const sums = pairs.map(([a, b]) => mean(a.map(ofReal)) + mean(b.map(ofFake)));
      const made = pairs.map(([, b]) => mean(b.map(generator)));
      const near = (wanted: number): unknown => expect.closeTo(wanted, 4);
      expect(value(discriminatorLoss(real, fake, { kind }))).toEqual(near(mean(sums) / 2));
      expect(value(discriminatorLoss(real, fake, { kind, reduction: 'paper' }))).toEqual(
        near(mean(sums) * pairs.length),
      );
      expect(value(generatorLoss(fake, { kind }))).toEqual(near(mean(made)));
      expect(value(generatorLoss(fake, { kind, reduction: 'paper' }))).toEqual(
        near(mean(made) * pairs.length),
      );
      tf.dispose([real, fake]);
      expect(tf.memory().numTensors).toBe(before);
    }),
    { numRuns: 15 },
  );
});

test.each(adversarialKinds)('%s: gradients are those of central differences', (kind) => {
  const real = [scores(0.3, -2, 1.4, 0.2), scores(0.7, -0.4)];
  const fake = [scores(-1.3, 0.2, 2.4, -0.6), scores(0.1, -0.8)];
  for (const reduction of ['released', 'paper'] as ScaleReduction[]) {
    const ofDiscriminator = (a: tf.Tensor4D, b: tf.Tensor4D, c: tf.Tensor4D, d: tf.Tensor4D): tf.Scalar =>
      discriminatorLoss([a, b], [c, d], { kind, reduction });
    const ofGenerator = (c: tf.Tensor4D, d: tf.Tensor4D): tf.Scalar =>
      generatorLoss([c, d], { kind, reduction });
    for (const [loss, inputs] of [
      [ofDiscriminator, [...real, ...fake]],
      [ofGenerator, fake],
    ] as [typeof ofDiscriminator, tf.Tensor4D[]][]) {
      const found = differentiated(loss, inputs);
      expect(differenceGap(loss, inputs, found, { step: 0.02, places: 2 })).toBeLessThan(1e-3);
    }
  }
  tf.dispose([real, fake]);
});

test('logits however large cost what they are', () => {
  const loss = (real: tf.Tensor4D, fake: tf.Tensor4D): tf.Scalar =>
    discriminatorLoss([real], [fake], { kind: 'vanilla', reduction: 'paper' });
  const inputs = [scores(-2000), scores(3000)];
  const { value, gradients } = differentiated(loss, inputs);
  expect(value).toBe(5000);
  expect(gradients.map(([each]) => each)).toEqual([-1, 1]);
  tf.dispose(inputs);
});

test('what does not fit together is refused', () => {
  const one = scores(1);
  expect(() => discriminatorLoss([one], [])).toThrow('as many scales, one at least, got 1 and 0');
  expect(() => discriminatorLoss([], [])).toThrow('got 0 and 0');
  expect(() => generatorLoss([])).toThrow('at least one scale for fakeScores');
  expect(() => generatorLoss([one], { kind: 'wgan' as AdversarialKind })).toThrow(
    'hinge, lsgan, vanilla, wgan-gp',
  );
  expect(() => generatorLoss([one], { reduction: 'sum' as ScaleReduction })).toThrow('released, paper');
  one.dispose();
});
