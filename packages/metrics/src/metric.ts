/** What a reader of a score must know about its metric. */
export interface Metric {
  /** The least and the greatest possible value. */
  range: readonly [number, number];
  /** The score of an image compared with itself. */
  best: number;
  higherIsBetter: boolean;
  /** Left out for a pure number. */
  unit?: string;
}

/** The metrics of this package. */
export const metrics = {
  psnr: { range: [0, Infinity], best: Infinity, higherIsBetter: true, unit: 'dB' },
  ssim: { range: [-1, 1], best: 1, higherIsBetter: true },
  'ms-ssim': { range: [0, 1], best: 1, higherIsBetter: true },
} as const satisfies Record<string, Metric>;

/** The name of a metric of this package. */
export type MetricName = keyof typeof metrics;

/** The names of the metrics of this package. */
export const metricNames = Object.keys(metrics) as MetricName[];
