/** What a step tells of the game between generator and discriminators. */
export interface GameSigns {
  /** The discriminators' loss. */
  discriminator: number;
  /** Their mean scores. */
  real: number;
  fake: number;
  /** The deviation of the outputs' values over that of the targets'. */
  contrast: number;
}

/** Something that went wrong with the game, and the way out. */
interface Ailment {
  /** Steps in a row that make it one, by the smoothed signs. */
  patience: number;
  shows(signs: GameSigns): boolean;
  message: string;
}

/** What a mean keeps of itself when the next step is taken in: some 20 steps count. */
const memory = 0.95;

const ailments: Ailment[] = [
  {
    patience: 100,
    shows: ({ discriminator }) => discriminator < 0.1,
    message:
      'the discriminators are saturated: they tell real from made pictures almost without error, so that they have nothing to ' +
      'teach; start anew with a lower --discriminator-lr, or a larger --pixel-weight',
  },
  {
    // Guessing costs at most 1, by any of the losses.
    patience: 50,
    shows: ({ discriminator }) => discriminator > 6,
    message:
      'the discriminators have run away: their loss is far above that of guessing; start anew with a lower ' +
      '--discriminator-lr',
  },
  {
    patience: 400,
    shows: ({ real, fake }) => Math.abs(real - fake) < 1e-3,
    message:
      'the discriminators can no longer tell real from made pictures (their mean scores are the same): they have ' +
      'nothing to teach; start anew with a higher --discriminator-lr, or larger discriminators (--discriminator)',
  },
  {
    patience: 50,
    shows: ({ contrast }) => contrast < 0.1,
    message:
      'the generator has collapsed: its pictures have less than a tenth of the contrast of the real ones; go back to an ' +
      'earlier checkpoint and start anew from it (--init) with a lower --lr, or a larger --pixel-weight',
  },
  {
    patience: 50,
    shows: ({ contrast }) => contrast > 5,
    message:
      'the generator has run away: its pictures have more than five times the contrast of the real ones; start anew with ' +
      'a lower --lr (spectral norm keeps such a run from ending in NaN)',
  },
];

/**
 * Watches a game for what ruins it without making a number infinite.
 *
 * @param options.terms - How many terms of a real or made image the discriminators' loss is a sum of: 1 where it is a
 *   mean of them (`released`), two a scale where it is their sum (`paper`).
 * @returns To be called after each step: the message of what has now lasted too long, once until it has passed.
 */
export function watchDiscriminators({ terms = 1 }: { terms?: number } = {}): (
  signs: GameSigns,
) => string | undefined {
  const lasting = ailments.map(() => 0);
  let smooth: GameSigns | undefined;
  return (sums) => {
    smooth = smoothed(smooth, { ...sums, discriminator: sums.discriminator / terms });
    for (const [index, { shows, patience }] of ailments.entries()) {
      lasting[index] = shows(smooth) ? (lasting[index] as number) + 1 : 0;
      if (lasting[index] === patience) return ailments[index]?.message;
    }
    return undefined;
  };
}

/** A mean that forgets: one step says more of its batch than of the game. */
function smoothed(mean: GameSigns | undefined, signs: GameSigns): GameSigns {
  if (!mean) return signs;
  const mixed = Object.entries(signs).map(([name, sign]) => [
    name,
    memory * mean[name as keyof GameSigns] + (1 - memory) * (sign as number),
  ]);
  return Object.fromEntries(mixed) as GameSigns;
}
