import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { quantisationTables } from './quantisation-tables.ts';

const file = new URL('../../../../vectors/degrade/case.json', import.meta.url);
const { jpeg_quantisation_tables: tables } = JSON.parse(readFileSync(file, 'utf8')) as {
  jpeg_quantisation_tables: Record<string, { luma: number[]; chroma: number[] }>;
};

test.each(Object.entries(tables))(
  'the tables of quality %s equal those in a file of libjpeg',
  (quality, expected) => {
    const { luma, chroma } = quantisationTables(Number(quality));
    expect([...luma]).toEqual(expected.luma);
    expect([...chroma]).toEqual(expected.chroma);
  },
);

test('steps never grow with the quality', () => {
  for (let quality = 2; quality <= 100; quality++) {
    const worse = quantisationTables(quality - 1);
    const better = quantisationTables(quality);
    expect(better.luma.every((step, i) => step <= worse.luma[i]!)).toBe(true);
    expect(better.chroma.every((step, i) => step <= worse.chroma[i]!)).toBe(true);
  }
});
