/** The longest buffer that is kept, 8 MiB: room for 1024 x 1024 samples. */
const mostKept = 2 ** 20;

/**
 * A source of one buffer for results on the way, the same one at each call while it is long enough. Fresh memory of the
 * size of an image costs as much time as the arithmetic on it.
 *
 * @returns A function that gives a buffer of the asked length with anything in it. It is the caller's until the next call.
 */
export function reusedBuffer(): (length: number) => Float64Array {
  let kept = new Float64Array(0);
  return (length) => {
    if (length > mostKept) return new Float64Array(length);
    if (length > kept.length) kept = new Float64Array(length);
    return kept.length === length ? kept : kept.subarray(0, length);
  };
}
