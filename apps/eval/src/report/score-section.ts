import { toNumber, type EvaluationResult } from '../result.ts';
import { differencesBetween } from '../comparability.ts';
import { identificationText } from '../run/identification-text.ts';
import { landmarkText } from '../run/landmark-text.ts';
import { html, type Html } from './html.ts';
import { metricInfo, metricNames } from './metrics-of.ts';
import { shownInterval } from '../statistics/summarise.ts';
import { intervalText, metricTitle, scoreText } from './score-text.ts';
import { tableMarkup, type Cell } from './table.ts';

/**
 * The table of methods and metrics: means with their confidence intervals. The best of a metric is marked where two or
 * more methods have it and all were measured alike.
 */
export function scoreSection(results: readonly EvaluationResult[]): Html {
  const names = metricNames(results);
  const marks = differencesBetween(results).length === 0;
  const best = names.map((name) => (marks ? bestMethods(results, name) : new Set<number>()));
  const head: Cell[] = [
    { text: 'Method' },
    ...names.map((name) => {
      const info = metricInfo(results, name);
      return { text: `${metricTitle(name, info)} ${info.higherIsBetter ? '↑' : '↓'}` };
    }),
  ];
  const rows = results.map((result, index): Cell[] => [
    { text: result.name, series: index },
    ...names.map((name, column) => scoreCell(result, name, { best: best[column]?.has(index) ?? false })),
  ]);
  const details = [
    ...names.flatMap((name) => metricInfo(results, name).detail ?? []),
    ...results.flatMap(({ name, identification }) =>
      identification ? `${name}: ${identificationText(identification)}` : [],
    ),
    ...results.flatMap((result) => {
      const landmarks = landmarkText(result);
      return landmarks === undefined ? [] : `${result.name}: ${landmarks}`;
    }),
  ];
  return html`<section>
    <h2>Scores</h2>
    <p>
      ↑ more is better, ↓ less is better.
      ${marks && results.length > 1 && 'The best of a column is marked ★. '}In brackets the 95 % confidence
      interval of the mean over the pictures.
    </p>
    ${tableMarkup({ caption: 'Mean scores', head, rows })}
    ${
      details.length > 0 &&
      html`<ul class="remarks">
        ${details.map((detail) => html`<li>${detail}</li>`)}
      </ul>`
    }
  </section>`;
}

function scoreCell(
  { metrics, summary, count }: EvaluationResult,
  name: string,
  { best }: { best: boolean },
): Cell {
  const info = metrics[name];
  const entry = summary[name];
  if (!info || !entry) return { text: '–' };
  const notes = [
    ...(entry.mean === null ? [] : [intervalText(shownInterval(entry), (end) => scoreText(end, info))]),
    ...(entry.count < count ? [`${entry.count} of ${count} measured`] : []),
  ];
  return { text: scoreText(entry.mean, info), best, notes };
}

/** The methods whose mean is the best; none when fewer than two have one, or not of equally many pictures. */
function bestMethods(results: readonly EvaluationResult[], name: string): Set<number> {
  const { higherIsBetter } = metricInfo(results, name);
  const measured = results.flatMap(({ summary }, index) => {
    const { mean = null, count = 0 } = summary[name] ?? {};
    return mean === null ? [] : [{ index, count, mean: toNumber(mean) }];
  });
  if (measured.length < 2 || new Set(measured.map(({ count }) => count)).size > 1) return new Set();
  const means = measured.map(({ mean }) => mean);
  const best = higherIsBetter ? Math.max(...means) : Math.min(...means);
  return new Set(measured.filter(({ mean }) => mean === best).map(({ index }) => index));
}
