import { invalid, type SparnetError } from '@sparnet/core';
import { operationOf, operations, type Field } from './operations.ts';
import type { StepName } from './step.ts';

/** A wrong value of a recipe or of parameters; `path` says where it stands, as `recipe.steps[1].sigma`. */
export function wrong(path: string, expected: string, actual: unknown): SparnetError {
  return invalid(path, expected, actual, 'bad-config');
}

/** A JSON object, with only the keys that are known; a mistyped one would be a setting that does nothing. */
export function checkObject(
  path: string,
  value: unknown,
  known?: readonly string[],
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(path, 'an object', value);
  for (const key of Object.keys(value)) {
    if (known && !known.includes(key)) throw wrong(path, `only the keys ${known.join(', ')}`, key);
  }
  return value as Record<string, unknown>;
}

/**
 * Checks the name and the keys of a step and its every value with `checkValue`.
 *
 * @param more - Keys that it may have besides its fields.
 */
export function checkStepFields(
  path: string,
  value: unknown,
  {
    more = [],
    without = [],
    checkValue,
  }: {
    more?: readonly string[];
    without?: readonly string[];
    checkValue(path: string, value: unknown, field: Field): void;
  },
): StepName {
  const step = checkObject(path, value);
  const op = step['op'];
  if (typeof op !== 'string' || !Object.hasOwn(operations, op)) {
    throw wrong(`${path}.op`, `one of ${Object.keys(operations).join(', ')}`, op);
  }
  const { fields, exactlyOne, atLeastOne } = operationOf(op as StepName);
  const names = Object.keys(fields).filter((name) => !without.includes(name));
  checkObject(path, step, ['op', ...more, ...names]);
  for (const name of names) {
    const field = (fields as Record<string, Field>)[name]!;
    if (step[name] !== undefined) checkValue(`${path}.${name}`, step[name], field);
    else if (!field.optional) throw wrong(`${path}.${name}`, expectation(field), undefined);
  }
  const given = (list: readonly string[]): string[] => list.filter((name) => step[name] !== undefined);
  if (exactlyOne && given(exactlyOne).length !== 1)
    throw wrong(path, `exactly one of ${exactlyOne.join(', ')}`, given(exactlyOne));
  if (atLeastOne && given(atLeastOne).length === 0)
    throw wrong(path, `at least one of ${atLeastOne.join(', ')}`, []);
  if (op === 'resize') checkRule(path, step);
  return op as StepName;
}

/** Refuses the rule `opencv` where it is, or may be drawn, together with the filter `lanczos`, which is Pillow's alone. */
export function checkRule(path: string, { filter, rule }: Record<string, unknown>): void {
  if (mayBe(filter, 'lanczos') && mayBe(rule, 'opencv'))
    throw wrong(`${path}.rule`, 'pillow with the filter lanczos', rule);
}

/** Whether a valid choice, perhaps one that is drawn, can come to this word. */
function mayBe(value: unknown, word: string): boolean {
  if (typeof value !== 'object' || value === null) return value === word;
  const { oneOf, weights } = value as { oneOf: readonly unknown[]; weights?: readonly number[] };
  return oneOf.some((choice, i) => weights?.[i] !== 0 && mayBe(choice, word));
}

/** Refuses a value that is not what the field may be. */
export function checkPlainValue(path: string, value: unknown, field: Field): void {
  if (!isValid(value, field)) throw wrong(path, expectation(field), value);
}

function isValid(value: unknown, field: Field): boolean {
  if (field.kind === 'boolean') return typeof value === 'boolean';
  if (field.kind === 'choice') return field.choices.includes(value as string);
  if (typeof value !== 'number' || !(value >= field.min && value <= field.max)) return false;
  return field.kind === 'number' || (Number.isInteger(value) && (field.odd !== true || value % 2 === 1));
}

/** What a field takes, in words. */
export function expectation(field: Field): string {
  if (field.kind === 'boolean') return 'true or false';
  if (field.kind === 'choice') return `one of ${field.choices.join(', ')}`;
  const kind = field.kind === 'number' ? 'number' : field.odd ? 'odd integer' : 'integer';
  return `${kind} between ${field.min} and ${field.max}`;
}
