import type { EvaluationResult, MetricInfo } from '../result.ts';

/** The names of all metrics of the results, in the order in which they are met. */
export function metricNames(results: readonly EvaluationResult[]): string[] {
  return [...new Set(results.flatMap(({ metrics }) => Object.keys(metrics)))];
}

/** What the first result that has the metric says about it. */
export function metricInfo(results: readonly EvaluationResult[], name: string): MetricInfo {
  const info = results.find(({ metrics }) => Object.hasOwn(metrics, name))?.metrics[name];
  if (!info) throw new Error(`no result has the metric ${name}`);
  return info;
}
