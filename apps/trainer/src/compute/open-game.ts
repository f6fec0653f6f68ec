import {
  createDiscriminator,
  createSparnet,
  type MultiscaleDiscriminator,
  type Sparnet,
  type SparnetConfig,
} from '@sparnet/models';
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
 * @throws SparnetError what `openImageLosses` throws for weights that are not there.
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
  const { adversarial } = objective;
  return {
    generator: sharedNetwork((variables) => createSparnet(network, { seed, variables })),
    discriminator:
      adversarial &&
      sharedNetwork((variables) => createDiscriminator(adversarial.discriminator, { seed, variables })),
    objective,
    imageLosses: await openImageLosses(objective),
  };
}
