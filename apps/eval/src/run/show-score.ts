import type { MetricInfo, Score } from '../result.ts';
import { leastForInterval } from '../statistics/bootstrap-means.ts';

/** A score as tables show it: 4 digits behind the point of dB, 6 of others. */
export function showScore(score: Score, { unit }: Pick<MetricInfo, 'unit'> = {}): string {
  if (score === null) return '-';
  if (score === 'Infinity') return 'inf';
  return score.toFixed(unit === 'dB' ? 4 : 6);
}

/** The two ends of an interval, or a dash. */
export function showInterval(
  interval: readonly [Score, Score] | null,
  show: (score: Score) => string,
): string {
  return interval ? interval.map(show).join(' .. ') : '-';
}

/** Said where a table has intervals that are missing. */
export const noIntervals = `no 95 % interval (-) of fewer than ${leastForInterval} pictures`;

/** A metric's name with its unit and an arrow to what is better. */
export function showMetric(name: string, { unit, higherIsBetter }: MetricInfo): string {
  return `${name}${unit ? ` ${unit}` : ''} ${higherIsBetter ? '↑' : '↓'}`;
}
