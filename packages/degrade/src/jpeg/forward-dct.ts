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
 * The two-dimensional DCT of a block of 8 x 8 samples, in place, to the last bit as the accurate integer DCT of libjpeg
 * ("islow").
 *
 * @param block - 64 samples between -128 and 127, row by row; becomes eight times the orthonormal coefficients, row by
 *   row.
 */
export function forwardDct(block: Int32Array): void {
  transformLines(block, 1, 8, fractionBits - extraBits);
  transformLines(block, 8, 1, fractionBits + extraBits);
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
    const s0 = block[i0]!;
    const s1 = block[i1]!;
    const s2 = block[i2]!;
    const s3 = block[i3]!;
    const s4 = block[i4]!;
    const s5 = block[i5]!;
    const s6 = block[i6]!;
    const s7 = block[i7]!;

    const sum07 = s0 + s7;
    const sum16 = s1 + s6;
    const sum25 = s2 + s5;
    const sum34 = s3 + s4;
    const difference07 = s0 - s7;
    const difference16 = s1 - s6;
    const difference25 = s2 - s5;
    const difference34 = s3 - s4;

    const outer = sum07 + sum34;
    const inner = sum16 + sum25;
    const outerDifference = sum07 - sum34;
    const innerDifference = sum16 - sum25;
    const even = Math.imul(outerDifference + innerDifference, c6) + half;
    block[i0] = (((outer + inner) << fractionBits) + half) >> shift;
    block[i4] = (((outer - inner) << fractionBits) + half) >> shift;
    block[i2] = (even + Math.imul(outerDifference, c2MinusC6)) >> shift;
    block[i6] = (even - Math.imul(innerDifference, c2PlusC6)) >> shift;

    const pair73 = difference34 + difference16;
    const pair51 = difference25 + difference07;
    const odd = Math.imul(pair73 + pair51, c3) + half;
    const odd73 = odd - Math.imul(pair73, c3PlusC5);
    const odd51 = odd - Math.imul(pair51, c3MinusC5);
    const odd71 = Math.imul(difference34 + difference07, c3MinusC7);
    const odd53 = Math.imul(difference25 + difference16, c1PlusC3);
    block[i7] = (Math.imul(difference34, oddSeventh) - odd71 + odd73) >> shift;
    block[i5] = (Math.imul(difference25, oddFifth) - odd53 + odd51) >> shift;
    block[i3] = (Math.imul(difference16, oddThird) - odd53 + odd73) >> shift;
    block[i1] = (Math.imul(difference07, oddFirst) - odd71 + odd51) >> shift;
  }
}
