import type { Comparison } from '../compare-results.ts';
import type { Score } from '../result.ts';
import { leastForInterval } from '../statistics/bootstrap-means.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { noIntervals, showInterval, showMetric, showScore } from './show-score.ts';
import { markdownTable, textTable } from './text-table.ts';

/** A comparison for people to read: methods x metrics, the best marked, then the paired differences. */
export function comparisonText(
  comparison: Comparison,
  { markdown = false }: { markdown?: boolean } = {},
): string {
  const { count, protocol, border, metrics, methods, warnings, best, differences, test } = comparison;
  const table = markdown ? markdownTable : textTable;
  const keys = Object.keys(metrics);
  const scores = [
    ['method', ...keys.map((key) => showMetric(key, metrics[key]!))],
    ...methods.map(({ name, summary }) => [
      name,
      ...keys.map((key) => {
        const shown = showScore(summary[key]!.mean, metrics[key]);
        if (!best[key]?.includes(name)) return markdown ? shown : `${shown}  `;
        return markdown ? `**${shown}**` : `${shown} *`;
      }),
    ]),
  ];
  const pairs = [
    ['a - b', 'metric', 'mean', '95 %', 'p', 'p (Holm)', 'pictures'],
    ...differences.map(({ metric, a, b, mean, ci95, p, pHolm, count: pictures }) => [
      `${a} - ${b}`,
      metric,
      signed(mean, metrics[metric]),
      showInterval(ci95, (end) => signed(end, metrics[metric])),
      showP(p),
      showP(pHolm),
      String(pictures),
    ]),
  ];
  const [item, mark] = markdown ? ['- ', 'bold'] : ['', '*'];
  const measured = `${count} pictures, protocol ${protocol}, border ${border}`;
  const told =
    warnings.length > 0
      ? [
          measured,
          '',
          'warning: these results were not measured alike, so that no best one is marked',
          ...(markdown ? [''] : []),
          ...warnings.map((warning) => item + (markdown ? escapeMarkdown(warning) : warning)),
        ]
      : [`${measured}; best: ${mark}`];
  const few = differences.some(({ ci95, count: pictures }) => !ci95 && pictures < leastForInterval);
  const notes = [...(few ? [noIntervals, ...(markdown ? [''] : [])] : []), `p: ${test}`];
  return [...told, '', table(scores), table(pairs), ...notes, ''].join('\n');
}

function signed(score: Score, info: Parameters<typeof showScore>[1]): string {
  return typeof score === 'number' && score > 0 ? `+${showScore(score, info)}` : showScore(score, info);
}

function showP(p: number | null): string {
  return p === null ? '-' : p.toFixed(4);
}
