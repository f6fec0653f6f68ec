import { toNumber, type EvaluationResult } from '../result.ts';
import { bootstrapMeans, interval95 } from '../statistics/bootstrap-means.ts';
import { axisOf, horizontalAxis, short } from './axis.ts';
import { html, type Html } from './html.ts';
import { metricInfo, metricNames } from './metrics-of.ts';
import { intervalText, metricTitle, scoreText } from './score-text.ts';
import { tableMarkup, type Cell } from './table.ts';

/** How much better than the first method another one is, picture by picture. */
interface Improvement {
  name: string;
  series: number;
  metric: string;
  /** Above zero where it is better; finite. */
  gains: number[];
  /** Of their mean, 95 %; null for fewer than 5. */
  interval: [number, number] | null;
}

const chart = { width: 400, side: 14, row: 76, foot: 24 };
const bins = 40;

/**
 * The improvement of each method over the first one, over the pictures that both have. Nothing when no other method has
 * such pictures.
 */
export function pairedSection(results: readonly EvaluationResult[]): Html | null {
  const [first] = results;
  const improvements = improvementsOf(results);
  if (!first || improvements.length === 0) return null;
  const metrics = metricNames(results).filter((metric) =>
    improvements.some((each) => each.metric === metric),
  );
  return html`<section>
    <h2>Improvement over ${first.name}</h2>
    <p>
      The same picture under both methods, turned so that above zero is better. Pictures that only one of the
      two has, or whose score is missing or infinite, are left out.
    </p>
    ${tableMarkup({
      caption: `Mean improvement over ${first.name}, and pictures that are better`,
      head: [
        { text: 'Method' },
        ...metrics.map((metric) => ({ text: metricTitle(metric, metricInfo(results, metric)) })),
      ],
      rows: results.slice(1).map(({ name }, index): Cell[] => [
        { text: name, series: index + 1 },
        ...metrics.map((metric) => {
          const found = improvements.find((each) => each.series === index + 1 && each.metric === metric);
          return found ? improvementCell(found, results) : { text: '–' };
        }),
      ]),
    })}
    <div class="charts">
      ${metrics.map((metric) =>
        histogramFigure(
          improvements.filter((each) => each.metric === metric),
          { title: metricTitle(metric, metricInfo(results, metric)), than: first.name },
        ),
      )}
    </div>
  </section>`;
}

function improvementsOf([first, ...others]: readonly EvaluationResult[]): Improvement[] {
  if (!first) return [];
  const pairs = others.flatMap((other, index) =>
    Object.keys(first.metrics)
      .filter((metric) => Object.hasOwn(other.metrics, metric))
      .map((metric) => ({
        name: other.name,
        series: index + 1,
        metric,
        column: gainsOf(first, other, metric),
      })),
  );
  const means = bootstrapMeans(pairs.map(({ column }) => column));
  return pairs
    .map(({ column, ...pair }, at) => {
      const gains = [...column].filter((gain) => !Number.isNaN(gain));
      return { ...pair, gains, interval: interval95(means[at]!, gains.length) };
    })
    .filter(({ gains }) => gains.length > 0);
}

/** A gain for each picture of the first method; NaN where there is none. */
function gainsOf(first: EvaluationResult, other: EvaluationResult, metric: string): Float64Array {
  const sign = metricInfo([first], metric).higherIsBetter ? 1 : -1;
  const scores = new Map(other.images.map((image) => [image.name, toNumber(image[metric] ?? null)]));
  return Float64Array.from(first.images, (image) => {
    const gain = sign * ((scores.get(image.name) ?? Number.NaN) - toNumber(image[metric] ?? null));
    return Number.isFinite(gain) ? gain : Number.NaN;
  });
}

function improvementCell(
  { metric, gains, interval }: Improvement,
  results: readonly EvaluationResult[],
): Cell {
  const info = metricInfo(results, metric);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const better = gains.filter((gain) => gain > 0).length;
  const signed = (value: number): string => scoreText(value, info, { sign: true });
  return {
    text: signed(mean),
    notes: [intervalText(interval, signed), `${better} of ${gains.length} better`],
  };
}

function histogramFigure(
  improvements: readonly Improvement[],
  { title, than }: { title: string; than: string },
): Html {
  const all = improvements.flatMap(({ gains }) => gains);
  const axis = axisOf([0, ...extremes(all)], { from: chart.side, to: chart.width - chart.side });
  const bottom = improvements.length * chart.row;
  return html`<figure class="chart">
    <figcaption>
      <h3>${title}</h3>
      <small>better than ${than} →</small>
    </figcaption>
    <svg
      viewBox="0 0 ${chart.width} ${bottom + chart.foot}"
      role="img"
      aria-label="${title}: how many pictures gain how much over ${than}"
    >
      ${horizontalAxis(axis, { top: 4, bottom })}
      ${improvements.map((improvement, index) => histogram(improvement, index, axis.place))}
      <path class="zero" d="M${short(axis.place(0))} 4V${bottom}" />
      ${improvements.map(({ name }, index) => label(name, index))}
    </svg>
  </figure>`;
}

function histogram({ series, gains }: Improvement, index: number, place: (value: number) => number): Html {
  const bottom = (index + 1) * chart.row;
  const width = (chart.width - 2 * chart.side) / bins;
  const zero = place(0);
  // A bin lies around zero, so that pictures without a gain stand on its line and not beside it.
  const counts = new Map<number, number>();
  for (const gain of gains.toSorted((a, b) => a - b)) {
    const bin = Math.round((place(gain) - zero) / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const highest = Math.max(...counts.values());
  const bars = Array.from(counts, ([bin, count]) => {
    const height = (count / highest) * (chart.row - 28);
    const left = zero + (bin - 0.5) * width + 0.5;
    return `M${short(left)} ${bottom}v${short(-height)}h${short(width - 1)}v${short(height)}Z`;
  });
  return html`<path class="bars s${series % 8}" d="${bars.join('')}" />`;
}

/** Above all lines, which would cross it. */
function label(name: string, index: number): Html {
  const shown = name.length > 40 ? `${name.slice(0, 39)}…` : name;
  return html`<text x="${chart.side}" y="${index * chart.row + 16}" class="label">${shown}</text>`;
}

function extremes(values: readonly number[]): number[] {
  return values.length === 0
    ? []
    : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
