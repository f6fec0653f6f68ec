import { SparnetError, isSparnetError } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { errorMap, type ErrorMapAccumulator, type ErrorMapState, type Protocol } from '@sparnet/metrics';

/** Gathers where pictures differ, by squared error and by SSIM. */
export interface ErrorMaps {
  add(sr: Image, hr: Image): void;
  /** What was added; empty when nothing was. */
  states(): ErrorMapState[];
}

/**
 * Error maps of pictures that all have the size of the first.
 *
 * @throws SparnetError from `add`: `bad-state` for a picture of another size, or too small for SSIM.
 */
export function openErrorMaps({ protocol }: { protocol: Protocol }): ErrorMaps {
  let maps: ErrorMapAccumulator[] | undefined;
  return {
    add(sr, hr) {
      const { width, height } = hr;
      try {
        maps ??= (['psnr', 'ssim'] as const).map((metric) => errorMap(metric, { protocol, width, height }));
        for (const map of maps) map.update(sr, hr);
      } catch (error) {
        throw isSparnetError(error, 'bad-image') ? unequal(error) : error;
      }
    },
    states: () => (maps ?? []).map((map) => map.state()),
  };
}

/**
 * The states of several threads or shards as one, to the last bit whatever their order.
 *
 * @throws SparnetError `bad-state` when the sizes of their pictures differ.
 */
export function mergeErrorMaps(parts: readonly (readonly ErrorMapState[])[]): ErrorMapState[] {
  const [first = [], ...others] = parts.filter((states) => states.length > 0);
  return first.map((state, at) => {
    const merged = errorMap(state.metric, state);
    for (const part of [state, ...others.map((states) => states[at]!)]) {
      if (part.width !== state.width || part.height !== state.height) throw unequal();
      merged.merge(part);
    }
    return merged.state();
  });
}

function unequal(cause?: Error): SparnetError {
  const reason = cause ? ` (${cause.message})` : '';
  const message = `error maps need pictures of one size${reason}; --size N brings all to N x N`;
  return new SparnetError('bad-state', message, { cause });
}
