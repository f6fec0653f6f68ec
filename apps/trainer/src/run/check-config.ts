import { SparnetError, checkInteger, checkNumber, checkOneOf, invalid, isSparnetError } from '@sparnet/core';
import { nearest } from './nearest.ts';
import type { ConfigOf, OptionSpec, OptionTable } from './option-table.ts';

/**
 * Checks a configuration against its table and fills in the defaults. The result's keys are in the table's order;
 * options that are absent and have no default stay absent.
 *
 * @param value - A plain object, as read from JSON.
 * @param source - Where it came from, for messages: a file's name.
 * @throws SparnetError `bad-config` naming the key that is unknown (and the nearest valid one) or has a wrong value.
 */
export function checkConfig<const T extends OptionTable>(
  value: unknown,
  table: T,
  { source = 'config' }: { source?: string } = {},
): ConfigOf<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SparnetError('bad-config', `${source}: expected an object of options`);
  }
  const given = value as Record<string, unknown>;
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(table, key)) throw unknownKey(key, table, source);
  }
  const config: Record<string, unknown> = {};
  for (const [key, spec] of Object.entries(table)) {
    const chosen = given[key] === undefined ? spec.default : given[key];
    if (chosen !== undefined) config[key] = checkedIn(source, key, chosen, spec);
  }
  return config as ConfigOf<T>;
}

/**
 * The value of one option, or an error in the wording of all checks.
 *
 * @param name - How the message calls the option.
 * @throws SparnetError `bad-argument`.
 */
export function checkOption(name: string, value: unknown, spec: OptionSpec): unknown {
  switch (spec.type) {
    case 'integer':
      return checkInteger(name, value, spec.min ?? Number.MIN_SAFE_INTEGER, spec.max);
    case 'number':
      return checkAbove(name, checkNumber(name, value, spec.min, spec.max), spec);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw invalid(name, 'true or false', value);
    case 'string':
      return checkString(name, value, spec);
    case 'strings':
      return checkList(name, value).map((item) => checkString(name, item, spec));
    case 'numbers':
      return checkList(name, value).map((item) => checkNumber(name, item, spec.min, spec.max));
    default:
      return value;
  }
}

function checkAbove(name: string, value: number, { above = -Infinity }: OptionSpec): number {
  if (value > above) return value;
  throw invalid(name, `number above ${above}`, value);
}

function checkString(name: string, value: unknown, spec: OptionSpec): string {
  if (spec.choices) return checkOneOf(name, value, spec.choices);
  if (typeof value === 'string') return value;
  throw invalid(name, 'string', value);
}

function checkList(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(name, 'list', value);
}

function checkedIn(source: string, key: string, value: unknown, spec: OptionSpec): unknown {
  try {
    return checkOption(key, value, spec);
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    throw new SparnetError('bad-config', `${source}: ${error.message}`, { cause: error });
  }
}

function unknownKey(key: string, table: OptionTable, source: string): SparnetError {
  const meant = nearest(key, Object.keys(table));
  const hint = meant === null ? `valid keys: ${Object.keys(table).join(', ')}` : `did you mean "${meant}"?`;
  return new SparnetError('bad-config', `${source}: unknown key "${key}"; ${hint}`);
}
