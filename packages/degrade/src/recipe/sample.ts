import { randomStream, type RandomStream } from '@sparnet/core';
import { checkRecipe } from './check-recipe.ts';
import { operationOf } from './operations.ts';
import type { DrawnStep, Parameters, Recipe, RecipeStep } from './recipe.ts';
import type { Step } from './step.ts';

/**
 * The concrete parameters of one image, drawn from a recipe: plain JSON, a function of recipe, seed and index alone.
 *
 * @param seed - Non-negative integer below 2^53.
 * @param index - Which image it is of those that share the seed, a non-negative integer below 2^32.
 * @throws SparnetError `bad-config` for an invalid recipe, naming the place in it; `bad-argument` for an invalid seed or
 *   index.
 */
export function sample(recipe: Recipe, seed: number, index = 0): Parameters {
  const { name, hr, steps, enlarge } = checkRecipe(recipe);
  const random = randomStream({ seed, purpose: 'degrade parameters', index });
  return {
    ...(name !== undefined && { recipe: name }),
    seed,
    index,
    ...(hr && { hr: { width: hr.width, height: hr.height } }),
    steps: drawSteps(steps, random),
    enlarge: { filter: enlarge?.filter ?? 'bicubic', rule: enlarge?.rule ?? 'pillow' },
  };
}

function drawSteps(steps: readonly RecipeStep[], random: RandomStream): Step[] {
  return steps.flatMap((step) => {
    if (step.probability !== undefined && !random.chance(step.probability)) return [];
    if (!('oneOf' in step)) return [drawStep(step, random)];
    const chosen = pick(step.oneOf, step.weights, random);
    return drawSteps(Array.isArray(chosen) ? chosen : [chosen as RecipeStep], random);
  });
}

/** Values are drawn in the order of the operation's fields, so that the order of a recipe's keys doesn't matter. */
function drawStep(step: DrawnStep, random: RandomStream): Step {
  const drawn: Record<string, unknown> = { op: step.op };
  for (const name of Object.keys(operationOf(step.op).fields)) {
    const value = (step as unknown as Record<string, unknown>)[name];
    if (name === 'seed') drawn[name] = random.integer(0x100000000);
    else if (value !== undefined) drawn[name] = drawValue(value, random);
  }
  return drawn as unknown as Step;
}

function drawValue(value: unknown, random: RandomStream): unknown {
  if (typeof value !== 'object') return value;
  const way = value as {
    oneOf: readonly unknown[];
    weights?: readonly number[];
    between?: readonly [number, number];
    integer?: readonly [number, number];
    chance?: number;
  };
  if (way.between) return random.between(...way.between);
  if (way.integer) return way.integer[0] + random.integer(way.integer[1] - way.integer[0] + 1);
  if (way.chance !== undefined) return random.chance(way.chance);
  return drawValue(pick(way.oneOf, way.weights, random), random);
}

function pick<T>(choices: readonly T[], weights: readonly number[] | undefined, random: RandomStream): T {
  if (!weights) return choices[random.integer(choices.length)]!;
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = weights.findIndex((weight) => (left -= weight) < 0);
  // Rounding may leave a little after the last weight.
  return choices[chosen >= 0 ? chosen : weights.findLastIndex((weight) => weight > 0)]!;
}
