/** What a reader of a score must know about its metric. */
export interface Metric {
  /** The least and the greatest possible value. */
  range: readonly [number, number];
  higherIsBetter: boolean;
  /** The score of an image compared with itself. */
  perfect: number;
  unit?: string;
}

/** The metrics of this package. */
export const metrics = {
  psnr: { range: [0, Infinity], higherIsBetter: true, perfect: Infinity, unit: 'dB' },
  ssim: { range: [-1, 1], higherIsBetter: true, perfect: 1 },
} as const satisfies Record<string, Metric>;

/** The name of a metric of this package. */
export type MetricName = keyof typeof metrics;
