import type { EvaluationResult } from '../result.ts';
import { shownInterval } from '../statistics/summarise.ts';
import { identificationText } from './identification-text.ts';
import { landmarkText } from './landmark-text.ts';
import { noIntervals, showInterval, showMetric, showScore } from './show-score.ts';
import { textTable } from './text-table.ts';

/** A result for people to read. */
export function resultText(result: EvaluationResult): string {
  const { name, count, fitted, inputs, protocol, border, scale, skipped, shard } = result;
  const parts = [
    `${name}: ${count} pictures`,
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ...(scale === undefined ? [] : [`scale ${scale}`]),
    `protocol ${protocol}`,
    ...(border > 0 ? [`border ${border}`] : []),
    ...(shard ? [`shard ${shard.index} of ${shard.of}`] : []),
  ];
  const head = ['metric', 'mean', '95 % of the mean', 'std', 'median', 'min', 'max', 'measured'];
  const rows = Object.entries(result.summary).map(([metric, summary]) => {
    const info = result.metrics[metric]!;
    const [mean, std, median, min, max] = (['mean', 'std', 'median', 'min', 'max'] as const).map((key) =>
      showScore(summary[key], info),
    ) as [string, string, string, string, string];
    const bounds = showInterval(shownInterval(summary), (end) => showScore(end, info));
    return [showMetric(metric, info), mean, bounds, std, median, min, max, String(summary.count)];
  });
  const size = `${inputs.size} x ${inputs.size}`;
  const sized =
    fitted > 0 ? `${fitted} HR pictures were cropped to their square and resized to ${size} pixels\n` : '';
  const few = Object.values(result.summary).some((summary) => !shownInterval(summary))
    ? `${noIntervals}\n`
    : '';
  const people = result.identification ? `identity: ${identificationText(result.identification)}\n` : '';
  const landmarks = landmarkText(result);
  return `${parts.join(', ')}\n${sized}${textTable([head, ...rows])}${people}${landmarks ? `nme: ${landmarks}\n` : ''}${few}`;
}

/** The scores of all pictures as CSV with a head, `Infinity` for equal pictures, nothing where nothing was measured. */
export function resultCsv({ images, metrics }: EvaluationResult): string {
  const keys = Object.keys(metrics);
  const lines = images.map((row) => [
    quoted(row.name),
    ...keys.map((key) => ((row[key] ?? null) === null ? '' : String(row[key]))),
  ]);
  return [['name', ...keys], ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
