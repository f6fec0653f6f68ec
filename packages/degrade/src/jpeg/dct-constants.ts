// The rotations of the eight-point DCT of Loeffler, Ligtenberg and Moschytz ("Practical fast 1-D DCT algorithms with 11
// multiplications", ICASSP 1989), in 13-bit fixed point. With c(k) = sqrt(2) cos(k pi / 16):

/** Fraction bits of the constants below. */
export const fractionBits = 13;
/** Fraction bits kept between the two passes of a transform. */
export const extraBits = 2;

/** The even part turns by 6 pi / 16: c(6), c(2) - c(6), c(2) + c(6). */
export const c6 = 4433;
export const c2MinusC6 = 6270;
export const c2PlusC6 = 15137;

/** The odd part: c(3) is shared; the others correct it for each input and pair of inputs. */
export const c3 = 9633;
export const c3MinusC5 = 3196;
export const c3PlusC5 = 16069;
export const c3MinusC7 = 7373;
export const c1PlusC3 = 20995;
export const oddFirst = 12299; // c(1) + c(3) - c(5) - c(7)
export const oddThird = 25172; // c(1) + c(3) + c(5) - c(7)
export const oddFifth = 16819; // c(1) + c(3) - c(5) + c(7)
export const oddSeventh = 2446; // -c(1) + c(3) + c(5) - c(7)
