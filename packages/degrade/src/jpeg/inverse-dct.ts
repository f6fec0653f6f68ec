import {
  c1PlusC3,
  c2MinusC6,
  c2PlusC6,
  c3,
  c3MinusC5,
  c3MinusC7,
  c3PlusC5,
  c6,
  extraBits,
  fractionBits,
  oddFifth,
  oddFirst,
  oddSeventh,
  oddThird,
} from './dct-constants.ts';

/**
 * The two-dimensional inverse DCT of a block of 8 x 8 coefficients, in place, to the last bit as the accurate integer
 * DCT of libjpeg ("islow").
 *
 * @param block - 64 orthonormal coefficients, row by row; becomes the samples, row by row, around 0 and not yet limited
 *   to -128 to 127.
 */
export function inverseDct(block: Int32Array): void {
  transformLines(block, 8, 1, fractionBits - extraBits);
  // Two transforms of eight points that are orthonormal but for sqrt(8) each make the last three bits.
  transformLines(block, 1, 8, fractionBits + extraBits + 3);
}

/** Transforms eight lines of eight values, `step` apart in a line and `lineStep` from line to line, over 2^`shift`. */
function transformLines(block: Int32Array, step: number, lineStep: number, shift: number): void {
  const half = 1 << (shift - 1);
  for (let line = 0; line < 8; line++) {
    const i0 = line * lineStep;
    const i1 = i0 + step;
    const i2 = i1 + step;
    const i3 = i2 + step;
    const i4 = i3 + step;
    const i5 = i4 + step;
    const i6 = i5 + step;
    const i7 = i6 + step;
    const f0 = (block[i0]! << fractionBits) + half;
    const f1 = block[i1]!;
    const f2 = block[i2]!;
    const f3 = block[i3]!;
    const f4 = block[i4]! << fractionBits;
    const f5 = block[i5]!;
    const f6 = block[i6]!;
    const f7 = block[i7]!;

    // Most lines of a compressed picture are constant.
    if ((f1 | f2 | f3 | f4 | f5 | f6 | f7) === 0) {
      const level = f0 >> shift;
      block[i0] = level;
      block[i1] = level;
      block[i2] = level;
      block[i3] = level;
      block[i4] = level;
      block[i5] = level;
      block[i6] = level;
      block[i7] = level;
      continue;
    }

    const even = Math.imul(f2 + f6, c6);
    const even2 = even + Math.imul(f2, c2MinusC6);
    const even6 = even - Math.imul(f6, c2PlusC6);
    const even07 = f0 + f4 + even2;
    const even34 = f0 + f4 - even2;
    const even16 = f0 - f4 + even6;
    const even25 = f0 - f4 - even6;

    const odd = Math.imul(f7 + f3 + f5 + f1, c3);
    const odd73 = odd - Math.imul(f7 + f3, c3PlusC5);
    const odd51 = odd - Math.imul(f5 + f1, c3MinusC5);
    const odd71 = Math.imul(f7 + f1, c3MinusC7);
    const odd53 = Math.imul(f5 + f3, c1PlusC3);
    const odd34 = Math.imul(f7, oddSeventh) - odd71 + odd73;
    const odd25 = Math.imul(f5, oddFifth) - odd53 + odd51;
    const odd16 = Math.imul(f3, oddThird) - odd53 + odd73;
    const odd07 = Math.imul(f1, oddFirst) - odd71 + odd51;

    block[i0] = (even07 + odd07) >> shift;
    block[i1] = (even16 + odd16) >> shift;
    block[i2] = (even25 + odd25) >> shift;
    block[i3] = (even34 + odd34) >> shift;
    block[i4] = (even34 - odd34) >> shift;
    block[i5] = (even25 - odd25) >> shift;
    block[i6] = (even16 - odd16) >> shift;
    block[i7] = (even07 - odd07) >> shift;
  }
}
