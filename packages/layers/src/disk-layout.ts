import { filterFromDisk, filterShapeOnDisk, filterToDisk } from './filter-layout.ts';

/**
 * How a variable lies in a state dict: `plain` as in memory; a `filter`, [height, width, in, out] in memory, as
 * [out, in, height, width]; a `patch`, [height, width, in] in memory, as [in * height * width].
 */
export type DiskLayout = 'plain' | 'filter' | 'patch';

/** The shape on disk of a variable whose shape in memory is `shape`. */
export function shapeOnDisk(shape: readonly number[], layout: DiskLayout): number[] {
  if (layout === 'filter') return filterShapeOnDisk(shape);
  if (layout === 'patch') return [shape.reduce((product, side) => product * side, 1)];
  return [...shape];
}

/**
 * A copy of a variable's values in the order on disk.
 *
 * @param shape - In memory.
 */
export function toDisk(values: Float32Array, shape: readonly number[], layout: DiskLayout): Float32Array {
  if (layout === 'filter') return filterToDisk(values, shape);
  if (layout === 'patch') return filterToDisk(values, [...shape, 1]);
  return Float32Array.from(values);
}

/**
 * The inverse of {@link toDisk}, a copy too.
 *
 * @param shape - In memory.
 */
export function fromDisk(values: Float32Array, shape: readonly number[], layout: DiskLayout): Float32Array {
  if (layout === 'filter') return filterFromDisk(values, filterShapeOnDisk(shape));
  if (layout === 'patch') return filterFromDisk(values, filterShapeOnDisk([...shape, 1]));
  return Float32Array.from(values);
}
