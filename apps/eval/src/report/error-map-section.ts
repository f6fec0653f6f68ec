import { errorMap, improvement, toHeatMap } from '@sparnet/metrics';
import type { ErrorMap, ErrorMapState, HeatMap, ImprovementMap, MappedMetric } from '@sparnet/metrics';
import { dataUrl } from '../pictures/data-url.ts';
import { short } from './axis.ts';
import { html, type Html } from './html.ts';

/** A method with what its error map accumulators hold. */
export interface MappedResult {
  name: string;
  errorMaps?: readonly ErrorMapState[];
}

interface Shown {
  name: string;
  series: number;
  map: ErrorMap;
}

const quantities: Record<MappedMetric, { title: string; of: string }> = {
  psnr: { title: 'Squared error', of: 'the squared error of each pixel, in squared grey levels' },
  ssim: { title: '1 − SSIM', of: '1 − SSIM around each pixel' },
};

/**
 * Where methods err on average: for each metric the heat maps of all methods in one range of colours, and where the
 * others are better or worse than the first one (figure 5c of the paper). Nothing when no result has a map.
 */
export async function errorMapSection(results: readonly MappedResult[]): Promise<Html | null> {
  const parts = [];
  for (const metric of ['psnr', 'ssim'] as const) {
    const shown = results.flatMap((result, series) => mapsOf(result, series, metric));
    if (shown.length > 0) parts.push(await metricPart(metric, shown));
  }
  if (parts.length === 0) return null;
  const without = results.flatMap(({ name, errorMaps = [] }) => (errorMaps.length > 0 ? [] : [name]));
  return html`<section>
    <h2>Where the errors are</h2>
    <p>Means over all pictures, at each place.</p>
    ${parts}
    ${
      without.length > 0 &&
      html`<p>
        No error maps were kept of ${without.join(', ')}; <code>eval evaluate --error-maps</code> does.
      </p>`
    }
  </section>`;
}

function mapsOf({ name, errorMaps = [] }: MappedResult, series: number, metric: MappedMetric): Shown[] {
  const state = errorMaps.find((each) => each.metric === metric);
  if (!state || state.count === 0) return [];
  const accumulator = errorMap(metric, state);
  accumulator.merge(state);
  return [{ name, series, map: accumulator.compute() }];
}

async function metricPart(metric: MappedMetric, shown: readonly Shown[]): Promise<Html> {
  const { title, of } = quantities[metric];
  const [first, ...others] = shown as [Shown, ...Shown[]];
  const gains = others.flatMap(({ map, ...method }) =>
    isComparable(first.map, map) ? [{ ...method, map: improvement(first.map, map) }] : [],
  );
  const most = greatest(shown.map(({ map }) => map));
  const change = greatest(gains.map(({ map }) => map));
  return html`<h3>${title}</h3>
    <p>Shown is ${of}.</p>
    ${await mapRow(shown, { range: [0, most], title })}
    ${
      gains.length > 0 &&
      html`<h4>Improvement over ${first.name}: blue is better, red is worse</h4>
        ${await mapRow(gains, { range: [-change, change], title: `Improvement of ${title} over ${first.name}` })}`
    }`;
}

async function mapRow(
  shown: readonly { name: string; series: number; map: ErrorMap | ImprovementMap }[],
  { range, title }: { range: readonly [number, number]; title: string },
): Promise<Html> {
  const figures = [];
  let legend: HeatMap['legend'] = [];
  for (const { name, series, map } of shown) {
    const heat = toHeatMap(map, { range });
    legend = heat.legend;
    const mean = map.values.reduce((sum, value) => sum + value, 0) / map.values.length;
    figures.push(
      html`<figure>
        <img src="${await dataUrl(heat.image)}" alt="${title}, ${name}: ${placeOfMost(map)}" />
        <figcaption>
          <span class="swatch s${series % 8}"></span>${name} <small>mean ${digits(mean)}</small>
        </figcaption>
      </figure>`,
    );
  }
  return html`<div class="maps">${figures}</div>
    ${legendBar(legend, title)}`;
}

/** The colours of a range as a bar of equal steps, with the values below. */
function legendBar(legend: HeatMap['legend'], title: string): Html {
  const [width, steps] = [320, 64];
  const step = width / steps;
  return html`<svg
    class="legend-bar"
    viewBox="0 0 ${width + 40} 34"
    role="img"
    aria-label="${title}: colours from ${digits(legend[0]!.value)} to ${digits(legend.at(-1)!.value)}"
  >
    ${Array.from({ length: steps }, (_, index) => {
      const colour = between(legend, (index + 0.5) / steps);
      return html`<rect
        x="${short(20 + index * step)}"
        y="0"
        width="${step + 0.5}"
        height="14"
        fill="rgb(${colour.join(' ')})"
      />`;
    })}
    ${legend.map(
      ({ value }, index) =>
        html`<text x="${short(20 + (index / (legend.length - 1)) * width)}" y="29" text-anchor="middle"
          >${digits(value)}</text
        >`,
    )}
  </svg>`;
}

function between(legend: HeatMap['legend'], place: number): number[] {
  const at = place * (legend.length - 1);
  const below = legend[Math.floor(at)]!.colour;
  const above = legend[Math.ceil(at)]!.colour;
  return below.map((level, c) => Math.round(level + (at % 1) * (above[c]! - level)));
}

function isComparable(a: ErrorMap, b: ErrorMap): boolean {
  return (['protocol', 'count', 'width', 'height'] as const).every((key) => a[key] === b[key]);
}

function greatest(maps: readonly { values: Float64Array }[]): number {
  const most = maps.map(({ values }) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0));
  return roundedUp(Math.max(0, ...most) || 1);
}

/** So little more that the quarters, which the legend shows, have two or three digits. */
function roundedUp(value: number): number {
  const quarter = value / 4;
  const digit = 10 ** (Math.floor(Math.log10(quarter)) - 1);
  return 4 * digit * Math.ceil(quarter / digit - 1e-9);
}

function placeOfMost({ values, width, height }: ErrorMap | ImprovementMap): string {
  const most = values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
  const [left, top] = [(most % width) / width, Math.floor(most / width) / height];
  return `greatest, ${digits(values[most]!)}, at ${Math.round(100 * left)} % from the left and ${Math.round(100 * top)} % from the top`;
}

/** Three significant digits. */
function digits(value: number): string {
  return (value === 0 ? '0' : String(Number(value.toPrecision(3)))).replace('-', '−');
}
