import type { MetricInfo, Score } from '../result.ts';
import { leastForInterval } from '../statistics/bootstrap-means.ts';

/** True for a score that can be drawn: neither missing nor infinite. */
export function isFiniteScore(score: Score | undefined): score is number {
  return typeof score === 'number' && Number.isFinite(score);
}

/**
 * A score as text with the digits that mean something: three decimals for decibels, four for scores within -1 and 1,
 * else four significant digits; `∞` for an infinite score and a dash for a missing one.
 *
 * @param options.sign - Write a plus before what is above zero.
 */
export function scoreText(
  score: Score | undefined,
  metric: MetricInfo,
  { sign = false }: { sign?: boolean } = {},
): string {
  if (score === null || score === undefined) return '–';
  if (!isFiniteScore(score)) return '∞';
  const text = Math.abs(score).toFixed(decimals(score, metric));
  if (Number(text) === 0) return text;
  if (score < 0) return `−${text}`;
  return sign ? `+${text}` : text;
}

/** An interval in brackets; of fewer than 5 pictures a dash that says why. */
export function intervalText<End>(
  interval: readonly [End, End] | null,
  textOf: (end: End) => string,
): string {
  return interval ? `[${interval.map(textOf).join(', ')}]` : `[–, fewer than ${leastForInterval} pictures]`;
}

/** The title of a metric with its unit: `PSNR, dB`. */
export function metricTitle(name: string, { unit }: MetricInfo): string {
  // Short names are acronyms.
  const title = name.length <= 5 ? name.toUpperCase() : name;
  return unit === undefined ? title : `${title}, ${unit}`;
}

function decimals(score: number, { unit, range }: MetricInfo): number {
  if (unit === 'dB') return 3;
  const bound = Math.max(...range.map((end) => Math.abs(Number(end))));
  if (bound <= 1 || score === 0) return 4;
  return Math.max(0, Math.min(4, 3 - Math.floor(Math.log10(Math.abs(score)))));
}
