import { checkEnlargement, checkHr } from './check-recipe.ts';
import { checkObject, checkPlainValue, checkStepFields, wrong } from './check-step.ts';
import type { Parameters } from './recipe.ts';

/**
 * The `parameters` themselves when they are valid, whatever their text was parsed to.
 *
 * @throws SparnetError `bad-config` whose message names the place of the first thing wrong, as
 *   `parameters.steps[1].sigma`.
 */
export function checkParameters(parameters: unknown): Parameters {
  const { recipe, seed, index, hr, steps, enlarge } = checkObject('parameters', parameters, [
    'recipe',
    'seed',
    'index',
    'hr',
    'steps',
    'enlarge',
  ]);
  if (recipe !== undefined && typeof recipe !== 'string') throw wrong('parameters.recipe', 'text', recipe);
  checkPlainValue('parameters.seed', seed, { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER });
  checkPlainValue('parameters.index', index, { kind: 'integer', min: 0, max: 0xffffffff });
  if (hr !== undefined) checkHr('parameters.hr', hr);
  if (!Array.isArray(steps)) throw wrong('parameters.steps', 'a list of steps', steps);
  steps.forEach((step, i) =>
    checkStepFields(`parameters.steps[${i}]`, step, { checkValue: checkPlainValue }),
  );
  checkEnlargement('parameters.enlarge', enlarge);
  return parameters as Parameters;
}
