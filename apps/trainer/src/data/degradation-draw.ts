import { randomStream } from '@sparnet/core';
import { sample, type Parameters, type Recipe } from '@sparnet/degrade';

/** How a training picture is degraded: a function of recipe, seed, epoch and position in the epoch's order alone. */
export function trainingDraw(
  recipe: Recipe,
  { seed, epoch, index }: { seed: number; epoch: number; index: number },
): Parameters {
  return sample(recipe, seedOf({ seed, purpose: 'degrade', epoch }), index);
}

/**
 * How a validation picture is degraded: a function of the recipe and the picture's place in the set alone, so that
 * validations, and runs of other seeds, can be compared.
 */
export function validationDraw(recipe: Recipe, index: number): Parameters {
  return sample(recipe, seedOf({ seed: 0, purpose: 'degrade validation' }), index);
}

function seedOf(address: { seed: number; purpose: string; epoch?: number }): number {
  return randomStream(address).uint32();
}
