export { metrics, type Metric, type MetricName } from './metric.ts';
export { protocols, type ComparisonOptions, type Protocol } from './protocol.ts';
export { psnr } from './psnr.ts';
export { ssim } from './ssim.ts';
