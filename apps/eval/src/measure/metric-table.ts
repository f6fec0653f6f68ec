import { checkOneOf, invalid } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { metrics, msSsim, psnr, ssim, type ComparisonOptions, type Metric } from '@sparnet/metrics';
import type { FaceApi, IdentificationAccumulator } from '@sparnet/metrics/faces';
import type { MetricInfo } from '../result.ts';

/** A metric that is ready to measure pictures. */
export interface OpenMetric {
  /** Compares two pictures of one size; null when there is nothing to measure. */
  measure(sr: Image, hr: Image): number | null | Promise<number | null>;
  /** For readers of the result: which network, of which version. */
  detail?: string;
  /** The faces of the pictures measured so far, of a metric that tells people apart. */
  people?: IdentificationAccumulator;
}

/** What metrics are opened with. */
interface OpenOptions extends Required<ComparisonOptions> {
  /** Landmarks and identity share their networks. */
  faces(): Promise<FaceApi>;
}

/** A metric that pictures can be measured by. */
interface MetricEntry {
  info: MetricInfo;
  /** It computes with a network, on an engine that must be in use when it is opened. */
  learned?: true;
  /** @throws SparnetError saying what to install or fetch, when that is missing. */
  open(options: OpenOptions): OpenMetric | Promise<OpenMetric>;
}

/** All metrics, by the names that users give them. */
const table = {
  psnr: pixelMetric('psnr', psnr),
  ssim: pixelMetric('ssim', ssim),
  'ms-ssim': pixelMetric('ms-ssim', msSsim),
  'lpips-squeeze': lpipsMetric('squeeze'),
  'lpips-alex': lpipsMetric('alex'),
  'lpips-vgg': lpipsMetric('vgg'),
  nme: {
    info: { higherIsBetter: false, range: [0, 'Infinity'] },
    learned: true,
    async open({ faces: openFaces }) {
      const { landmarkError } = await import('@sparnet/metrics/faces');
      const faces = await openFaces();
      return {
        detail: `${faces.detector}, over the size of the face's box`,
        measure: async (sr, hr) => landmarkError(await faces.landmarks(hr), await faces.landmarks(sr)),
      };
    },
  },
  identity: {
    info: { higherIsBetter: true, range: [-1, 1] },
    learned: true,
    async open({ faces: openFaces }) {
      const { identification } = await import('@sparnet/metrics/faces');
      const faces = await openFaces();
      const people = identification({ network: faces.network });
      return {
        detail: `cosine of descriptors, ${faces.network}`,
        people,
        measure: async (sr, hr) => people.update(await faces.embedding(hr), await faces.embedding(sr)),
      };
    },
  },
} as const satisfies Record<string, MetricEntry>;

/** The names of the metrics. */
export type EvaluationMetric = keyof typeof table;
export const metricNames = Object.keys(table) as EvaluationMetric[];

/**
 * Opens metrics, in the order of their names. Those that are learned compute on the engine in use.
 *
 * @throws SparnetError saying what to install or fetch, when that is missing.
 */
export async function openMetrics(
  names: readonly EvaluationMetric[],
  options: Required<ComparisonOptions>,
): Promise<[name: EvaluationMetric, metric: OpenMetric][]> {
  let opening: Promise<FaceApi> | undefined;
  const faces = (): Promise<FaceApi> =>
    (opening ??= import('@sparnet/metrics/faces').then(({ openFaceApi }) => openFaceApi()));
  const opened: [EvaluationMetric, OpenMetric][] = [];
  for (const name of names) opened.push([name, await metricEntry(name).open({ ...options, faces })]);
  return opened;
}

/** The entry of a metric. */
export function metricEntry(name: EvaluationMetric): MetricEntry {
  return table[name];
}

/**
 * The metrics that a list names, each once.
 *
 * @throws SparnetError `bad-argument` for an unknown name, with all names, or for an empty list.
 */
export function checkMetrics(names: readonly string[]): EvaluationMetric[] {
  if (names.length === 0) throw invalid('metrics', `names from: ${metricNames.join(', ')}`, names);
  return [...new Set(names.map((name) => checkOneOf('metrics', name, metricNames)))];
}

function pixelMetric(
  name: keyof typeof metrics,
  measure: (sr: Image, hr: Image, options: ComparisonOptions) => number,
): MetricEntry {
  const { higherIsBetter, range, unit }: Metric = metrics[name];
  const [least, greatest] = range;
  return {
    info: {
      higherIsBetter,
      ...(unit !== undefined && { unit }),
      range: [least, greatest === Infinity ? 'Infinity' : greatest],
    },
    open: (options) => ({ measure: (sr, hr) => measure(sr, hr, options) }),
  };
}

function lpipsMetric(net: 'squeeze' | 'alex' | 'vgg'): MetricEntry {
  return {
    info: { higherIsBetter: false, range: [0, 'Infinity'] },
    learned: true,
    async open() {
      const { openLpips } = await import('@sparnet/metrics/lpips');
      const metric = await openLpips({ net });
      return { detail: metric.label, measure: (sr, hr) => metric.distance(sr, hr) };
    },
  };
}
