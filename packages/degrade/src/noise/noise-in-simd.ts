import { simdCode } from '../simd/simd-code.ts';

/** Bytes that are given to the code at once. */
const chunk = 3 * 2 ** 16;
const start = 64;

/** Adds the noise of `gaussianNoise` to a copy of samples; undefined where only the plain code can compute it. */
export function noiseInSimd(
  data: Uint8Array,
  { sigma, together, seed, purpose }: { sigma: number; together: number; seed: number; purpose: string },
): Uint8Array | undefined {
  const code = simdCode();
  if (!code) return undefined;
  const missing = start + chunk - code.memory.buffer.byteLength;
  if (missing > 0) code.memory.grow(Math.ceil(missing / 65536));
  const bytes = new Uint8Array(code.memory.buffer);
  const result = new Uint8Array(data.length);
  code.startNoise(seed >>> 0, Math.floor(seed / 2 ** 32), hash(purpose));
  for (let from = 0; from < data.length; from += chunk) {
    const count = Math.min(chunk, data.length - from);
    bytes.set(data.subarray(from, from + count), start);
    code.addNoise(start, count, together, sigma);
    result.set(bytes.subarray(start, start + count), from);
  }
  return result;
}

/** The word of a purpose in the counter of a random stream: FNV-1a over the UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
