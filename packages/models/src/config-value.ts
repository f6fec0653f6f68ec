import { invalid } from '@sparnet/core';

/** Checks of a configuration's values. Each throws a SparnetError `bad-config` that names the key. */

export function oneOf(key: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw invalid(key, `one of ${choices.join(', ')}`, value, 'bad-config');
}

export function integer(key: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `between ${min} and ${max}`;
  throw invalid(key, `integer ${range}`, value, 'bad-config');
}

export function trueOrFalse(key: string, value: boolean): void {
  if (typeof value !== 'boolean') throw invalid(key, 'true or false', value, 'bad-config');
}

/** A configuration's own values: a key that holds `undefined` counts as left out. */
export function withoutUndefined<Config extends object>(input: Config): Config {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Config;
}
