import type { MetricInfo, Score } from '../result.ts';

/** A score as tables show it: 4 digits behind the point of dB, 6 of others. */
export function showScore(score: Score, { unit }: Pick<MetricInfo, 'unit'> = {}): string {
  if (score === null) return '-';
  if (score === 'Infinity') return 'inf';
  return score.toFixed(unit === 'dB' ? 4 : 6);
}

/** A metric's name with its unit and an arrow to what is better. */
export function showMetric(name: string, { unit, higherIsBetter }: MetricInfo): string {
  return `${name}${unit ? ` ${unit}` : ''} ${higherIsBetter ? '↑' : '↓'}`;
}
