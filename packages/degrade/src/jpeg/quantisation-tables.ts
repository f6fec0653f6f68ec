// Example tables of the JPEG standard (ITU-T T.81, annex K.1), row by row.
// oxfmt-ignore
const standardLuma = [
  16, 11, 10, 16,  24,  40,  51,  61,
  12, 12, 14, 19,  26,  58,  60,  55,
  14, 13, 16, 24,  40,  57,  69,  56,
  14, 17, 22, 29,  51,  87,  80,  62,
  18, 22, 37, 56,  68, 109, 103,  77,
  24, 35, 55, 64,  81, 104, 113,  92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103,  99,
];
// oxfmt-ignore
const standardChroma = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
];

/** Quantisation steps of the 64 frequencies, row by row (not in zigzag order), 1 to 255. */
export interface QuantisationTables {
  luma: Int32Array;
  chroma: Int32Array;
}

/**
 * The standard tables scaled to a quality as libjpeg does for baseline files.
 *
 * @param quality - Integer, 1 (every step is 255) to 100 (every step is 1); 50 gives the tables of the standard.
 */
export function quantisationTables(quality: number): QuantisationTables {
  const percent = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality;
  return { luma: scaled(standardLuma, percent), chroma: scaled(standardChroma, percent) };
}

function scaled(table: number[], percent: number): Int32Array {
  return Int32Array.from(table, (step) =>
    Math.min(Math.max(Math.trunc((step * percent + 50) / 100), 1), 255),
  );
}
