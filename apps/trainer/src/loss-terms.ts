import type { TrainLine } from './run/metrics-log.ts';
import type { GameSigns } from './watch-discriminators.ts';

/** What a step of training gave, by name: see `ShardGradients`. */
type Terms = Readonly<Record<string, number>>;

/** What messages call a term. */
const names: Record<string, string> = {
  pixel: 'the pixel loss',
  perceptual: 'the perceptual loss',
  identity: 'the identity loss',
  teacher: 'the distance from the teacher',
  adversarial: 'the adversarial loss',
  featureMatching: 'the feature matching loss',
  discriminator: "the discriminators' loss",
  real: "the discriminators' mean score of real pictures",
  fake: "the discriminators' mean score of made pictures",
  contrast: 'the contrast of the made pictures',
};

/** The terms under the names that a person reads. */
export function namedTerms(terms: Terms): Record<string, number> {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [names[name] ?? name, value]));
}

/** Terms that tell of the game and are no losses. */
const signNames = new Set(['real', 'fake', 'contrast']);

/** What the generator lowers: the sum of its terms. */
export function generatorLossOf(terms: Terms): number {
  const own = Object.entries(lossesOf(terms)).filter(([name]) => name !== 'discriminator');
  return own.reduce((sum, [, term]) => sum + term, 0);
}

/** How the game of generator and discriminators stands; undefined without discriminators. */
export function signsOf({ discriminator, real, fake, contrast }: Terms): GameSigns | undefined {
  if (discriminator === undefined) return undefined;
  return { discriminator, real: real as number, fake: fake as number, contrast: contrast as number };
}

/** The terms as the log has them: losses by themselves, and what else tells of the game. */
export function logged(terms: Terms): Pick<TrainLine, 'loss' | 'game'> {
  const signs = signsOf(terms);
  if (!signs) return { loss: lossesOf(terms) };
  const { real, fake, contrast } = signs;
  return { loss: lossesOf(terms), game: { real, fake, contrast } };
}

function lossesOf(terms: Terms): Record<string, number> {
  return Object.fromEntries(Object.entries(terms).filter(([name]) => !signNames.has(name)));
}
