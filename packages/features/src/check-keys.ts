import { SparnetError } from '@sparnet/core';
import type { StateDict, TensorData } from '@sparnet/weights';
import type { Architecture, ConvolutionSpec, Layer } from './architectures/architecture.ts';
import { keysOf } from './fixed-convolution.ts';

/**
 * Is all there that `layers` need, in the right shape, and nothing that the network does not know?
 *
 * @throws SparnetError `missing-key` or `bad-state` that lists the keys.
 */
export function checkKeys(
  name: string,
  { layers: all, convolution: kind, unused }: Architecture,
  layers: readonly Layer[],
  state: StateDict,
): void {
  const keys = (some: readonly Layer[]): string[] =>
    convolutionsOf(some).flatMap(([convolution]) => {
      const { filter, vectors } = keysOf(convolution, kind);
      return [filter, ...vectors];
    });
  const known = new Set(keys(all));
  const missing = keys(layers).filter((key) => !Object.hasOwn(state, key));
  const extra = Object.keys(state).filter((key) => !known.has(key) && !unused.test(key));
  const misshaped = convolutionsOf(layers).flatMap(([convolution, spec]) =>
    complaints(keysOf(convolution, kind), spec, state),
  );
  const parts = [
    ...part('missing', missing),
    ...part('left over', extra),
    ...part('of another shape', misshaped),
  ];
  if (parts.length === 0) return;
  throw new SparnetError(
    missing.length > 0 ? 'missing-key' : 'bad-state',
    `the state dict does not fit ${name}: ${parts.join('. ')}. Way out: give the weights of this network under ` +
      "torchvision's names.",
  );
}

/** Every convolution with the full prefix of its keys. */
export function convolutionsOf(layers: readonly Layer[]): [name: string, spec: ConvolutionSpec][] {
  return layers.flatMap(({ name, convolutions }) =>
    Object.entries(convolutions).map(([inside, spec]): [string, ConvolutionSpec] => [
      inside === '' ? name : `${name}.${inside}`,
      spec,
    ]),
  );
}

function complaints(
  { filter, vectors }: { filter: string; vectors: string[] },
  { size }: ConvolutionSpec,
  state: StateDict,
): string[] {
  const weights = state[filter];
  if (!weights) return [];
  const [outputs = 0] = weights.shape;
  const wanted = `[N, M, ${size.join(', ')}]`;
  const fits = weights.shape.length === 4 && weights.shape.slice(2).join() === size.join();
  const wrong =
    fits && filled(weights) ? [] : [`${filter} [${weights.shape.join(', ')}] instead of ${wanted}`];
  return [
    ...wrong,
    ...vectors.flatMap((key) => {
      const vector = state[key];
      if (!vector || (vector.shape.join() === String(outputs) && filled(vector))) return [];
      return [`${key} [${vector.shape.join(', ')}] instead of [${outputs}]`];
    }),
  ];
}

function filled({ shape, data }: TensorData): boolean {
  const size = shape.reduce((product, side) => product * side, 1);
  return size > 0 && data.length === size;
}

function part(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, 8).join('; ');
  const more = items.length > 8 ? ` and ${items.length - 8} more` : '';
  return [`${items.length} ${title}: ${shown}${more}`];
}
