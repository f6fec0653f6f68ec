import { resizeFilters, resizeRules } from '../resize/resize.ts';
import {
  checkObject,
  checkPlainValue,
  checkRule,
  checkStepFields,
  expectation,
  wrong,
} from './check-step.ts';
import type { Field } from './operations.ts';
import type { Recipe } from './recipe.ts';

/** Steps in a list, and choices in a draw: far more than anybody writes, and soon checked. */
const longestList = 256;
/** Choices within choices. */
const deepest = 12;

/**
 * The `recipe` itself when it is a valid {@link Recipe}, whatever its text was parsed to.
 *
 * @throws SparnetError `bad-config` whose message names the place of the first thing wrong, as
 *   `recipe.steps[1].oneOf[0].sigma`, and what is expected there.
 */
export function checkRecipe(recipe: unknown): Recipe {
  const { name, source, hr, steps, enlarge } = checkObject('recipe', recipe, [
    'name',
    'source',
    'hr',
    'steps',
    'enlarge',
  ]);
  for (const [key, text] of Object.entries({ name, source })) {
    if (text !== undefined && typeof text !== 'string') throw wrong(`recipe.${key}`, 'text', text);
  }
  if (hr !== undefined) checkHr('recipe.hr', hr);
  checkList('recipe.steps', steps, 0);
  if (enlarge !== undefined) checkEnlargement('recipe.enlarge', enlarge);
  return recipe as Recipe;
}

/** Refuses what is not `{ width, height }` in pixels. */
export function checkHr(path: string, value: unknown): void {
  const size = checkObject(path, value, ['width', 'height']);
  for (const side of ['width', 'height'])
    checkPlainValue(`${path}.${side}`, size[side], { kind: 'integer', min: 1, max: 16384 });
}

/** Refuses what is not `{ filter, rule }`. */
export function checkEnlargement(path: string, value: unknown): void {
  const { filter, rule } = checkObject(path, value, ['filter', 'rule']);
  if (filter !== undefined)
    checkPlainValue(`${path}.filter`, filter, { kind: 'choice', choices: resizeFilters });
  if (rule !== undefined) checkPlainValue(`${path}.rule`, rule, { kind: 'choice', choices: resizeRules });
  checkRule(path, { filter, rule });
}

function checkList(path: string, value: unknown, depth: number): void {
  if (!Array.isArray(value) || value.length > longestList)
    throw wrong(path, `a list of at most ${longestList} steps`, value);
  value.forEach((step, i) => checkStep(`${path}[${i}]`, step, depth));
}

function checkStep(path: string, value: unknown, depth: number): void {
  const { probability, oneOf, weights } = checkObject(path, value);
  if (probability !== undefined)
    checkPlainValue(`${path}.probability`, probability, { kind: 'number', min: 0, max: 1 });
  if (oneOf === undefined) {
    checkStepFields(path, value, { more: ['probability'], without: ['seed'], checkValue: checkDrawn });
    return;
  }
  checkObject(path, value, ['oneOf', 'weights', 'probability']);
  checkChoices(path, oneOf, weights, depth).forEach((step, i) => {
    const inside = `${path}.oneOf[${i}]`;
    if (Array.isArray(step)) checkList(inside, step, depth + 1);
    else checkStep(inside, step, depth + 1);
  });
}

function checkDrawn(path: string, value: unknown, field: Field, depth = 0): void {
  if (typeof value !== 'object' || value === null) {
    checkPlainValue(path, value, field);
    return;
  }
  const ways = { number: ['between', 'integer'], integer: ['integer'], boolean: ['chance'], choice: [] }[
    field.kind
  ];
  const keys = Object.keys(checkObject(path, value, ['oneOf', 'weights', ...ways]));
  const way = keys.find((key) => key !== 'weights');
  if (keys.filter((key) => key !== 'weights').length !== 1 || (way !== 'oneOf' && keys.length !== 1))
    throw wrong(path, `${expectation(field)}, or an object with one of oneOf, ${ways.join(', ')}`, keys);
  const { oneOf, weights, [way!]: drawn } = value as Record<string, unknown>;
  if (way === 'oneOf') {
    checkChoices(path, oneOf, weights, depth).forEach((choice, i) =>
      checkDrawn(`${path}.oneOf[${i}]`, choice, field, depth + 1),
    );
  } else if (way === 'chance') checkPlainValue(`${path}.chance`, drawn, { kind: 'number', min: 0, max: 1 });
  else
    checkRange(`${path}.${way}`, drawn, way === 'integer' ? ({ ...field, kind: 'integer' } as Field) : field);
}

function checkRange(path: string, value: unknown, field: Field): void {
  if ('odd' in field) throw wrong(path, 'oneOf, since even integers are not allowed,', 'integer');
  if (!Array.isArray(value) || value.length !== 2) throw wrong(path, '[lowest, highest]', value);
  value.forEach((end, i) => checkPlainValue(`${path}[${i}]`, end, field));
  if (value[0] > value[1]) throw wrong(path, '[lowest, highest] in this order', value);
}

/** The choices of a draw, whose weights fit if there are any. */
function checkChoices(path: string, oneOf: unknown, weights: unknown, depth: number): unknown[] {
  if (depth >= deepest) throw wrong(path, `at most ${deepest} choices within each other`, 'more');
  if (!Array.isArray(oneOf) || oneOf.length === 0 || oneOf.length > longestList)
    throw wrong(`${path}.oneOf`, `a list of 1 to ${longestList} choices`, oneOf);
  if (weights !== undefined) {
    if (!Array.isArray(weights) || weights.length !== oneOf.length)
      throw wrong(`${path}.weights`, `a list of ${oneOf.length} numbers, one a choice`, weights);
    weights.forEach((weight, i) =>
      checkPlainValue(`${path}.weights[${i}]`, weight, { kind: 'number', min: 0, max: 1e9 }),
    );
    if (weights.every((weight) => weight === 0))
      throw wrong(`${path}.weights`, 'at least one number above 0', weights);
  }
  return oneOf;
}
