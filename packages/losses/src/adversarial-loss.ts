import { checkOneOf, invalid } from '@sparnet/core';
import { add, addNumber, meanOverAll, multiply, relu, scaleBy, scope, softplus } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { checkScales, overScales, type ScaleReduction } from './scale-reduction.ts';

/**
 * What a discriminator's scores mean: `hinge` (the paper's), `lsgan` (squares), `vanilla` (logits of real or fake),
 * `wgan-gp` (a critic, to be used with `gradientPenalty`), `soft-wgan` (a critic's scores through softplus: the numbers of
 * `vanilla`, under the name that the released code has for it).
 */
export const adversarialKinds = ['hinge', 'lsgan', 'vanilla', 'wgan-gp', 'soft-wgan'] as const;
export type AdversarialKind = (typeof adversarialKinds)[number];

export interface AdversarialOptions {
  kind?: AdversarialKind;
  reduction?: ScaleReduction;
}

/**
 * What a discriminator, or K of them at K scales, should lower: its scores of real images wrong and its scores of made
 * images wrong. Each term is a mean over all scores of a scale.
 *
 * `released`: (1 / K) sum_k (real_k + fake_k) / 2. `paper`, equation 8: sum_k (real_k + fake_k), 2 K times as much.
 *
 * @param realScores - One [N,H,W,C] a scale.
 * @param fakeScores - As many. For a step of the discriminator alone, of images that are constants.
 * @returns A scalar; differentiable through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for no or unequal numbers of scales, or an unknown kind or reduction.
 */
export function discriminatorLoss(
  realScores: readonly tf.Tensor4D[],
  fakeScores: readonly tf.Tensor4D[],
  { kind = 'hinge', reduction = 'released' }: AdversarialOptions = {},
): tf.Scalar {
  checkOneOf('kind', kind, adversarialKinds);
  checkScales(realScores, fakeScores);
  const { real, fake } = terms[kind];
  return scope(() => {
    const both = realScores.map((scores, scale) =>
      add(meanOverAll(real(scores)), meanOverAll(fake(fakeScores[scale] as tf.Tensor4D))),
    );
    // The released code takes half of real plus fake, the paper the sum.
    const each = reduction === 'released' ? both.map((term) => scaleBy(term, 0.5)) : both;
    return overScales(each, reduction);
  });
}

/**
 * What the generator should lower: how surely the discriminators see that its images are made.
 *
 * `released`: (1 / K) sum_k term_k. `paper`, equation 9: sum_k term_k.
 *
 * @param fakeScores - One [N,H,W,C] a scale.
 * @returns A scalar; differentiable through a sweep and through `tf.grads`.
 * @throws SparnetError `bad-argument` for no scales, or an unknown kind or reduction.
 */
export function generatorLoss(
  fakeScores: readonly tf.Tensor4D[],
  { kind = 'hinge', reduction = 'released' }: AdversarialOptions = {},
): tf.Scalar {
  checkOneOf('kind', kind, adversarialKinds);
  if (fakeScores.length === 0) throw invalid('fakeScores', 'at least one scale', fakeScores);
  const { generator } = terms[kind];
  return scope(() =>
    overScales(
      fakeScores.map((scores) => meanOverAll(generator(scores))),
      reduction,
    ),
  );
}

type Term = (scores: tf.Tensor4D) => tf.Tensor4D;

const negative: Term = (scores) => scaleBy(scores, -1);
const itself: Term = (scores) => scaleBy(scores, 1);
const square: Term = (scores) => multiply(scores, scores);
const squareToOne: Term = (scores) => square(addNumber(scores, -1));
const logistic = {
  real: (scores) => softplus(negative(scores)),
  fake: softplus,
  generator: (scores) => softplus(negative(scores)),
} satisfies Record<string, Term>;

/** What is averaged over the scores; the real ones should be high, the fake ones low. */
const terms: Record<AdversarialKind, { real: Term; fake: Term; generator: Term }> = {
  hinge: {
    real: (scores) => relu(addNumber(negative(scores), 1)),
    fake: (scores) => relu(addNumber(scores, 1)),
    generator: negative,
  },
  lsgan: { real: squareToOne, fake: square, generator: squareToOne },
  vanilla: logistic,
  'wgan-gp': { real: negative, fake: itself, generator: negative },
  'soft-wgan': logistic,
};
