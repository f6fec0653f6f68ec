import {
  createDiscriminator,
  createSparnet,
  type MultiscaleDiscriminator,
  type Sparnet,
  type SparnetConfig,
} from '@sparnet/models';
import { openTeacher } from './open-teacher.ts';
import { openImageLosses } from './image-losses.ts';
import type { Objective } from './objective.ts';
import type { Game } from './shard-gradients.ts';
import { sharedNetwork, type SharedNetwork } from './shared-network.ts';

/** A game whose networks are loaded from flat vectors. */
export interface OpenGame extends Game {
  generator: SharedNetwork<Sparnet>;
  discriminator?: SharedNetwork<MultiscaleDiscriminator> | undefined;
}

/**
 * Build the networks that an objective needs, on the engine in use.
 *
 * @throws SparnetError what `openImageLosses` and `openTeacher` throw for weights that are not there or do not fit.
 */
export async function openGame({
  network,
  seed,
  objective,
}: {
  network: SparnetConfig;
  seed: number;
  objective: Objective;
}): Promise<OpenGame> {
  const { adversarial, teacher } = objective;
  return {
    generator: sharedNetwork((variables) => createSparnet(network, { seed, variables })),
    discriminator:
      adversarial &&
      sharedNetwork((variables) => createDiscriminator(adversarial.discriminator, { seed, variables })),
    teacher: teacher && (await openTeacher(teacher.file, network)),
    objective,
    imageLosses: await openImageLosses(objective),
  };
}
