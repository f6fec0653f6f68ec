import { SparnetError } from '@sparnet/core';

/** Where a run was when it was checked, and what a person may go on from. */
export interface Whereabouts {
  step: number;
  /** The learning rate that the run was given. */
  lr: number;
  /** That of the discriminators, where there are any. */
  discriminatorLr?: number;
  /** The folder of the best checkpoint, or else of the newest one. */
  checkpoint: string;
  /** Pictures that made up a shard of this step although each is of one colour. */
  flat?: readonly string[];
}

/**
 * Check that numbers are finite: losses, norms of vectors.
 *
 * @param terms - Each under the name that the message gives it.
 * @param where - Asked when one is not.
 * @throws SparnetError `diverged` that names the step and the first term that is not.
 */
export function checkFinite(terms: Readonly<Record<string, number>>, where: () => Whereabouts): void {
  for (const [term, value] of Object.entries(terms))
    if (!Number.isFinite(value)) throw diverged(`${term} is ${value}`, where());
}

/** The error of a run that has diverged. The way out that it names starts anew from a checkpoint's weights. */
export function diverged(
  what: string,
  { step, lr, discriminatorLr, checkpoint, flat = [] }: Whereabouts,
): SparnetError {
  const detail =
    flat.length === 0
      ? ''
      : ` This step had a shard of pictures of one colour (${listed(flat)}), whose statistics batch norm can't divide by: ` +
        'leave such pictures out, or make shards larger with --shard.';
  const discriminators =
    discriminatorLr === undefined
      ? ''
      : `--discriminator-init ${checkpoint}/discriminator.safetensors --discriminator-lr ${discriminatorLr / 4} `;
  return new SparnetError(
    'diverged',
    `step ${step}: ${what}.${detail} The checkpoints are as they were. Start a new run from this one, or an older one beside ` +
      `it, with a lower --lr than ${lr} or with --clip 1: npm run trainer -- train ` +
      `--init ${checkpoint}/model.safetensors --lr ${lr / 4} ${discriminators}and the other options as before, with another --out`,
  );
}

/** The first few names. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
