import { SparnetError, type ErrorCode } from './sparnet-error.ts';

/** One wording for every rejected argument: `expected integer between 1 and 100 for quality, got 0`. */
export function invalid(
  name: string,
  expected: string,
  actual: unknown,
  code: ErrorCode = 'bad-argument',
): SparnetError {
  return new SparnetError(code, `expected ${expected} for ${name}, got ${show(actual)}`);
}

/** The integer `value`, or an error when it is none or lies outside `min` to `max` (both included). */
export function checkInteger(name: string, value: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `integer ${range(min, max)}`, value);
}

/** The finite number `value`, or an error when it is none or lies outside `min` to `max` (both included). */
export function checkNumber(name: string, value: unknown, min = -Infinity, max = Infinity): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
  throw invalid(name, `number ${range(min, max)}`, value);
}

/** The `value` that is one of `choices`, or an error that lists them. */
export function checkOneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw invalid(name, `one of ${choices.join(', ')}`, value);
}

function range(min: number, max: number): string {
  const below = max === Infinity || max === Number.MAX_SAFE_INTEGER;
  if (min === -Infinity) return below ? '(finite)' : `of at most ${max}`;
  return below ? `of at least ${min}` : `between ${min} and ${max}`;
}

function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(show).join(', ')}${value.length > 8 ? ', ...' : ''}]`;
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'object';
  return String(value);
}
