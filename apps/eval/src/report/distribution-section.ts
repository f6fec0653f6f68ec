import type { EvaluationResult, Score } from '../result.ts';
import { quantile } from '../statistics/bootstrap-means.ts';
import { axisOf, horizontalAxis, short, type Axis } from './axis.ts';
import { densityOf } from './density.ts';
import { html, type Html } from './html.ts';
import { metricInfo, metricNames } from './metrics-of.ts';
import { isFiniteScore, metricTitle, scoreText } from './score-text.ts';
import { tableMarkup } from './table.ts';

interface Row {
  name: string;
  series: number;
  /** Ascending, finite. */
  sorted: number[];
  /** Scores that are infinite or missing. */
  apart: string;
}

const chart = { width: 400, side: 14, row: 62, foot: 24 };
/** Half the height of the widest place of a violin. */
const reach = 15;
/** Above this many, dots run into each other. */
const mostDots = 400;

/** How the scores of single pictures are spread: for each metric a chart with a violin, box and dots a method. */
export function distributionSection(results: readonly EvaluationResult[]): Html {
  return html`<section>
    <h2>Distributions</h2>
    <p>
      Each dot is a
      picture${results.some(({ count }) => count > mostDots) && ' (up to 400 of a method are drawn)'}; the
      outline is their density, the box holds the middle half, its line is the median, the diamond the mean.
    </p>
    <div class="charts">${metricNames(results).map((name) => distribution(results, name))}</div>
  </section>`;
}

function distribution(results: readonly EvaluationResult[], metric: string): Html {
  const info = metricInfo(results, metric);
  const rows = results.flatMap((result, series) => rowOf(result, series, metric));
  const axis = axisOf(
    rows.flatMap(({ sorted }) => [sorted[0], sorted.at(-1)].filter((value) => value !== undefined)),
    { from: chart.side, to: chart.width - chart.side },
  );
  const bottom = rows.length * chart.row;
  const title = metricTitle(metric, info);
  const direction = info.higherIsBetter ? 'more is better →' : '← less is better';
  return html`<figure class="chart">
    <figcaption>
      <h3>${title}</h3>
      <small>${direction}</small>
    </figcaption>
    <svg
      viewBox="0 0 ${chart.width} ${bottom + chart.foot}"
      role="img"
      aria-label="${title}: spread of the scores of ${rows.map(({ name }) => name).join(', ')}; the numbers are below"
    >
      ${horizontalAxis(axis, { top: 4, bottom })} ${rows.map((row, index) => drawn(row, index, axis))}
    </svg>
    <details>
      <summary>Numbers</summary>
      ${tableMarkup({
        caption: `Spread of ${title}`,
        head: ['Method', 'least', 'quarter', 'median', 'three quarters', 'greatest', 'mean', 'deviation'].map(
          (text) => ({ text }),
        ),
        rows: rows.map(({ name, series, sorted }) => {
          const values = Float64Array.from(sorted);
          const parts =
            sorted.length === 0 ? [] : [0, 0.25, 0.5, 0.75, 1].map((part) => quantile(values, part));
          const { mean = null, std = null } = results[series]?.summary[metric] ?? {};
          const scores: (Score | undefined)[] = [
            ...Array.from({ length: 5 }, (_, at) => parts[at]),
            mean,
            std,
          ];
          return [{ text: name, series }, ...scores.map((score) => ({ text: scoreText(score, info) }))];
        }),
      })}
    </details>
  </figure>`;
}

function rowOf({ name, images, metrics }: EvaluationResult, series: number, metric: string): Row[] {
  if (!Object.hasOwn(metrics, metric)) return [];
  const scores = images.map((image) => image[metric]);
  const infinite = scores.filter((score) => score === 'Infinity').length;
  const missing = scores.filter((score) => score === null || score === undefined).length;
  const apart = [infinite > 0 && `${infinite} infinite`, missing > 0 && `${missing} without a score`];
  return [
    {
      name,
      series,
      sorted: scores.filter(isFiniteScore).toSorted((a, b) => a - b),
      apart: apart.filter(Boolean).join(', '),
    },
  ];
}

function drawn({ name, series, sorted, apart }: Row, index: number, { place }: Axis): Html {
  const top = index * chart.row;
  const middle = top + chart.row - reach - 8;
  const label = name.length > 40 ? `${name.slice(0, 39)}…` : name;
  return html`<g class="s${series % 8}">
    <text x="${chart.side}" y="${top + 16}" class="label"
      >${label}${apart !== '' && html`<tspan class="faint" dx="8">${apart}</tspan>`}</text
    >
    ${sorted.length > 0 && [violin(sorted, middle, place), dots(sorted, middle, place), box(sorted, middle, place)]}
  </g>`;
}

function violin(sorted: readonly number[], middle: number, place: Axis['place']): Html {
  const curve = densityOf(sorted);
  const upper = curve.map(({ at, height }) => `${short(place(at))} ${short(middle - height * reach)}`);
  const lower = curve
    .map(({ at, height }) => `${short(place(at))} ${short(middle + height * reach)}`)
    .toReversed();
  return html`${curve.length > 0 && html`<path class="violin" d="M${[...upper, ...lower].join('L')}Z" />`}`;
}

/** Dots as lines of no length with round ends: one short path for all of them. */
function dots(sorted: readonly number[], middle: number, place: Axis['place']): Html {
  const every = Math.ceil(sorted.length / mostDots);
  const shown = sorted.filter((_, index) => index % every === 0);
  // Steps of the golden ratio spread neighbours over the height, the same way every time.
  const places = shown.map(
    (value, index) =>
      `M${short(place(value))} ${short(middle + (((index * 0.618034) % 1) - 0.5) * 1.5 * reach)}h0`,
  );
  return html`<path class="dots" d="${places.join('')}" />`;
}

function box(sorted: readonly number[], middle: number, place: Axis['place']): Html {
  const values = Float64Array.from(sorted);
  const [low, median, high] = [0.25, 0.5, 0.75].map((part) => place(quantile(values, part))) as [
    number,
    number,
    number,
  ];
  const mean = place(sorted.reduce((sum, value) => sum + value, 0) / sorted.length);
  const height = 12;
  return html`<rect
      class="box"
      x="${short(low)}"
      y="${middle - height / 2}"
      width="${short(high - low)}"
      height="${height}"
    />
    <path class="median" d="M${short(median)} ${middle - height / 2}v${height}" />
    <path class="mean" d="M${short(mean - 4)} ${middle}l4 -4l4 4l-4 4Z" />`;
}
