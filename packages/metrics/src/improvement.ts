import { checkOrigin } from './check-state.ts';
import type { ErrorMap } from './error-map.ts';

/** How much less one method errs than another at each place: positive where it is better. */
export interface ImprovementMap extends Omit<ErrorMap, 'kind'> {
  kind: 'improvement';
}

/**
 * The errors of `baseline` minus those of `method`, at each place.
 *
 * @throws SparnetError `bad-state` when the maps differ in metric, protocol, number of pairs or size.
 */
export function improvement(baseline: ErrorMap, method: ErrorMap): ImprovementMap {
  const { kind, metric, protocol, count, width, height } = baseline;
  checkOrigin('the map of the method', method, { kind, metric, protocol, count, width, height });
  return {
    ...baseline,
    kind: 'improvement',
    values: baseline.values.map((error, i) => error - method.values[i]!),
  };
}
