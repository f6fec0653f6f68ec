import { SparnetError, invalid } from '@sparnet/core';

type Origin = Readonly<Record<string, unknown>>;

/**
 * Refuses what is no object, and one whose metric, protocol or anything else in `origin` differs: numbers of different
 * kinds have no common mean.
 */
export function checkOrigin(name: string, value: unknown, origin: Origin): void {
  if (typeof value !== 'object' || value === null) throw invalid(name, 'an object', value, 'bad-state');
  const found = value as Origin;
  const keys = Object.keys(origin);
  if (keys.every((key) => found[key] === origin[key])) return;
  const list = (of: Origin) => keys.map((key) => `${key} ${String(of[key])}`).join(', ');
  throw new SparnetError('bad-state', `expected ${list(origin)} for ${name}, got ${list(found)}`);
}

/** Refuses what is no count. */
export function checkCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw invalid(`state.${name}`, 'integer of at least 0', value, 'bad-state');
}

/** Refuses what are no numbers to add. */
export function checkExactSum(name: string, value: unknown): void {
  if (Array.isArray(value) && value.every(Number.isFinite)) return;
  throw invalid(`state.${name}`, 'array of finite numbers', value, 'bad-state');
}
