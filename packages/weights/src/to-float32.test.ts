import { expect, test } from 'vitest';
import { toFloat32, toHalf } from './index.ts';

const allBits = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** The definition of a small float: sign, exponent, fraction. */
function decoded(bits: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

test.each([
  ['F16', 5],
  ['BF16', 8],
] as const)('every %s widens exactly', (dtype, exponentBits) => {
  const values = toFloat32({ dtype, shape: [65536], data: allBits });
  const wrong = [...allBits].filter((bits) => !Object.is(values[bits], decoded(bits, exponentBits)));
  expect(wrong).toEqual([]);
});

test('every half survives the way to float32 and back', () => {
  const back = toHalf(toFloat32({ dtype: 'F16', shape: [65536], data: allBits }));
  const quiet = (bits: number) => ((bits & 0x7fff) > 0x7c00 ? bits | 0x200 : bits); // conversion quiets a NaN, as IEEE 754 says
  expect([...allBits].filter((bits) => back[bits] !== quiet(bits))).toEqual([]);
});

test('between two halves the nearest wins, and the even one in the middle', () => {
  const ulpBelow = (value: number) => Math.fround(value - value * 2 ** -24);
  const ulpAbove = (value: number) => Math.fround(value + value * 2 ** -23);
  const wrong: number[] = [];
  for (let low = 0; low < 0x7bff; low++) {
    const middle = (decoded(low, 5) + decoded(low + 1, 5)) / 2;
    const [below, tie, above] = toHalf(Float32Array.of(ulpBelow(middle), middle, ulpAbove(middle)));
    if (below !== low || tie !== low + (low & 1) || above !== low + 1) wrong.push(low);
  }
  expect(wrong).toEqual([]);
});

test('halves overflow at 65520 and vanish at 2^-25', () => {
  const values = Float32Array.of(
    65519.996,
    65520,
    -65520,
    3e38,
    -Infinity,
    2 ** -25,
    2 ** -25 * 1.0001,
    -(2 ** -149),
    -0,
  );
  expect([...toHalf(values)]).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7c00, 0xfc00, 0, 1, 0x8000, 0x8000]);
  expect(toHalf(new Float32Array(0))).toEqual(new Uint16Array(0));
  expect([...toHalf(Float32Array.of(1, 2, 3).subarray(1))]).toEqual([0x4000, 0x4200]);
});

test('wide numbers round once, to even', () => {
  const double = Float64Array.of(1 + 2 ** -24, 1 + 3 * 2 ** -24, 1e300, -1e-300);
  expect([...toFloat32({ dtype: 'F64', shape: [4], data: double })]).toEqual([1, 1 + 2 ** -22, Infinity, -0]);
  // By way of a double 2^62 + 2^38 + 1 would become a tie and round down.
  const long = BigInt64Array.of(
    2n ** 62n + 2n ** 38n + 1n,
    -(2n ** 62n) - 2n ** 38n - 1n,
    2n ** 62n + 2n ** 38n,
    -1n,
    -(2n ** 63n),
  );
  expect([...toFloat32({ dtype: 'I64', shape: [5], data: long })]).toEqual([
    2 ** 62 + 2 ** 39,
    -(2 ** 62) - 2 ** 39,
    2 ** 62,
    -1,
    -(2 ** 63),
  ]);
});

test('float32 is not copied, small integers keep their value', () => {
  const data = Float32Array.of(1);
  expect(toFloat32({ dtype: 'F32', shape: [1], data })).toBe(data);
  expect([...toFloat32({ dtype: 'I8', shape: [2], data: Int8Array.of(-128, 127) })]).toEqual([-128, 127]);
  expect([...toFloat32({ dtype: 'BOOL', shape: [2], data: Uint8Array.of(0, 1) })]).toEqual([0, 1]);
});
