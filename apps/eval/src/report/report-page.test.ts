import { errorMap } from '@sparnet/metrics';
import { expect, test } from 'vitest';
import { picture } from '../eval-fixture.ts';
import { resultOf } from '../result-fixture.ts';
import type { EvaluationResult, GalleryEntry, ImageScores, Score } from '../result.ts';
import { summarise } from '../statistics/summarise.ts';
import { reportPage } from './report-page.ts';

const evil = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>';
const pixel = 'data:image/png;base64,iVBORw0KGgo=';

test('names, paths and reasons are text', async () => {
  const entry: GalleryEntry = { name: evil, place: 'best', metric: 'psnr', score: 30, ...views() };
  const result = resultOf({ [evil]: 30, b: 20 }, { name: evil });
  const page = await pageOf([
    {
      ...result,
      inputs: { model: evil, hr: evil },
      skipped: [{ name: evil, reason: evil }],
      gallery: [entry],
    },
    { ...result, metrics: { ...result.metrics, [evil]: result.metrics['psnr']! } },
  ]);
  expect(page).toContain('&#60;script&#62;alert(1)');
  // One style, one script and the tables as JSON: nothing else may begin a script.
  expect(page.replaceAll('<script type="application/json"', '').match(/<script/g)).toHaveLength(1);
  expect(page).not.toMatch(/<img src=x/);
});

test('a policy forbids everything but the style and script of the page itself', async () => {
  const page = await pageOf([resultOf({ a: 1 })]);
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)?.[1] ?? '';
  expect(policy.replaceAll('&#39;', "'")).toMatch(
    /^default-src 'none'; img-src data:; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/,
  );
  expect(page).not.toMatch(/https?:\/\//);
  expect(page).not.toMatch(/\sstyle="/);
});

test('the best method is marked for each metric, by its own direction', async () => {
  const rows = tableRows(
    await pageOf([
      method('poor', { psnr: 20, lpips: 0.4 }),
      method('good', { psnr: 30, lpips: 0.4 }),
      method('even', { psnr: 25, lpips: 0.2 }),
    ]),
  );
  expect(rows[0]).toEqual(['Method', 'PSNR, dB ↑', 'LPIPS ↓']);
  expect(rows.slice(1)).toEqual([
    ['poor', expect.stringMatching(/^20\.000 \[/), expect.stringMatching(/^0\.4000 \[/)],
    ['good', expect.stringMatching(/^30\.000★ best \[/), expect.stringMatching(/^0\.4000 \[/)],
    ['even', expect.stringMatching(/^25\.000 \[/), expect.stringMatching(/^0\.2000★ best \[/)],
  ]);
});

test('equal methods are both the best; a single one is not', async () => {
  const equal = tableRows(
    await pageOf([resultOf({ a: 1 }, { name: 'x' }), resultOf({ a: 1 }, { name: 'y' })]),
  );
  expect(equal.filter((row) => row[1]?.includes('★'))).toHaveLength(2);
  expect(
    tableRows(await pageOf([resultOf({ a: 1 })]))
      .flat()
      .join(''),
  ).not.toContain('★');
});

test.each<[string, Partial<EvaluationResult>]>([
  ['The protocols differ: sparnet (x); rgb (y).', { protocol: 'rgb' }],
  ['The borders left out differ: 0 pixels (x); 8 pixels (y).', { border: 8 }],
  ['The scales differ: ×8 (x); ×4 (y).', { scale: 4 }],
  ['The pictures are not those of x: y.', resultOf({ a: 1, b: 2 })],
])('%s: said, and no best is marked', async (sentence, changes) => {
  const page = await pageOf([
    resultOf({ a: 1 }, { name: 'x' }),
    resultOf({ a: 2 }, { ...changes, name: 'y' }),
  ]);
  expect(page).toContain(sentence);
  expect(tableRows(page).flat().join('')).not.toContain('★');
});

test('no best among means of different pictures', async () => {
  const page = await pageOf([
    resultOf({ a: 1, b: 2 }, { name: 'x' }),
    resultOf({ a: 3, b: null }, { name: 'y' }),
  ]);
  expect(tableRows(page)[2]).toEqual(['y', '3.000 [–, fewer than 5 pictures] 1 of 2 measured']);
  expect(tableRows(page).flat().join('')).not.toContain('★');
});

test('infinite and missing scores are said, and drawn as nothing', async () => {
  const odd = resultOf({ a: 'Infinity', b: null, c: 20 }, { name: 'odd' });
  const none = resultOf({ a: null, b: null, c: null }, { name: 'none' });
  const page = await pageOf([odd, none, resultOf({ a: 'Infinity', b: 1, c: 22 }, { name: 'other' })]);
  expect(tableRows(page).map((row) => row[1])).toEqual([
    'PSNR, dB ↑',
    '∞ [–, fewer than 5 pictures] 2 of 3 measured',
    '– 0 of 3 measured',
    expect.stringMatching(/^∞ \[/),
  ]);
  expect(page).toContain('1 infinite, 1 without a score');
  expect(page).toContain('3 without a score');
  expect(page).not.toMatch(/NaN|undefined|\bnull\b/);
});

test('the improvement over the first method counts pictures that both have, in the direction that is better', async () => {
  const page = await pageOf([
    method('first', { psnr: [20, 21, 22, 23], lpips: [0.4, 0.4, 0.4, 0.4] }),
    method('second', { psnr: [21, 22, 21, 24], lpips: [0.3, 0.3, 0.3, 0.3] }),
  ]);
  const [, row] = tableRows(page, 'Mean improvement over first');
  expect(row).toEqual([
    'second',
    expect.stringMatching(/^\+0\.500 \[.*\] 3 of 4 better$/),
    expect.stringMatching(/^\+0\.1000 \[.*\] 4 of 4 better$/),
  ]);
  expect(await pageOf([resultOf({ a: 1 })])).not.toContain('Improvement over');
  expect(await pageOf([resultOf({ a: 1 }), resultOf({ b: 1 })])).not.toContain('Improvement over');
});

test('pictures without a gain stand on the line of zero, and names above it', async () => {
  const scores = { a: 1, b: 2, c: 3 };
  const page = await pageOf([resultOf(scores, { name: 'x' }), resultOf(scores, { name: 'y' })]);
  const [, left, width] = /class="bars s1" d="M([\d.]+) \d+v[-\d.]+h([\d.]+)v[\d.]+Z"/.exec(page) ?? [];
  expect(Number(left) + Number(width) / 2).toBeCloseTo(200, 0);
  expect(page).toMatch(/class="zero" d="M200 [^>]*>\s*<text[^>]*>y<\/text>/);
  expect(tableRows(page, 'Mean improvement')[1]).toEqual([
    'y',
    '0.000 [–, fewer than 5 pictures] 0 of 3 better',
  ]);
});

test('a scale stands in the header only where a result has one', async () => {
  const { scale: _, ...unscaled } = resultOf({ a: 1 });
  expect(await pageOf([resultOf({ a: 1 })])).toContain('<dt>Scale</dt>');
  const page = await pageOf([unscaled]);
  expect(page).not.toContain('<dt>Scale</dt>');
  expect(page).toContain('not known; the SR pictures were made elsewhere');
});

test('many methods, long names, many pictures of one score', async () => {
  const scores = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, 25]));
  const results = Array.from({ length: 12 }, (_, index) =>
    resultOf(scores, { name: `method ${index} ${'x'.repeat(90)}` }),
  );
  const page = await pageOf(results);
  expect(tableRows(page)).toHaveLength(13);
  expect(page).not.toMatch(/NaN|Infinity/);
});

test('a gallery shows its pictures with what they are; without pictures there is none', async () => {
  const entry: GalleryEntry = { name: 'ann', place: 'worst', metric: 'psnr', score: 'Infinity', ...views() };
  const page = await pageOf([resultOf({ ann: 'Infinity' }, { gallery: [entry] })]);
  for (const view of ['LR', 'input', 'SR', 'HR']) expect(page).toContain(`alt="${view} of ann, method"`);
  expect(page).toMatch(/<strong>Worst<\/strong> ann <small>PSNR, dB: ∞<\/small>/);
  expect(await pageOf([resultOf({ ann: 1 })])).not.toContain('<h2>Pictures</h2>');
  expect(page).toMatch(/Only 1 picture was measured: too few for 1 best, median and worst each\./);
  expect(page).not.toContain('No pictures were kept');
  const full = (['best', 'median', 'worst'] as const).map((place) => ({ ...entry, place }));
  const both = await pageOf([
    resultOf({ ann: 1 }, { gallery: full }),
    resultOf({ ann: 1 }, { name: 'bare' }),
  ]);
  expect(both).not.toContain('too few');
  expect(both).toContain('No pictures were kept of bare;');
});

test('error maps are drawn in one range, with where the others are better', async () => {
  const mapped = (name: string, other: number): EvaluationResult => {
    const maps = (['psnr', 'ssim'] as const).map((metric) => errorMap(metric, { width: 16, height: 16 }));
    for (const map of maps) map.update(picture(other, 16), picture(0, 16));
    return resultOf({ a: 20 }, { name, errorMaps: maps.map((map) => map.state()) });
  };
  const page = await pageOf([mapped('x', 1), mapped('y', 2), resultOf({ a: 20 }, { name: 'z' })]);
  const alts = [...page.matchAll(/alt="([^"]*): greatest/g)].map(([, alt]) => alt);
  expect(alts).toEqual([
    'Squared error, x',
    'Squared error, y',
    'Improvement of Squared error over x, y',
    '1 − SSIM, x',
    '1 − SSIM, y',
    'Improvement of 1 − SSIM over x, y',
  ]);
  expect(page.match(/class="legend-bar"/g)).toHaveLength(4);
  expect(page).toContain('No error maps were kept of z;');
  const [bar = ''] = /class="legend-bar"[\s\S]*?<\/svg>/.exec(page) ?? [];
  const ticks = [...bar.matchAll(/>([\d.]+)<\/text/g)].map(([, tick]) => Number(tick));
  expect(ticks).toEqual([0, 1, 2, 3, 4].map((quarter) => quarter * ticks[1]!));
  expect(String(ticks[1])).toMatch(/^\d\d0*$/);
});

test('equal content gives equal bytes, and no date unless one is given', async () => {
  const content = { title: 't', results: [resultOf({ a: 1 })], ablations: [] };
  expect(await reportPage(content)).toBe(await reportPage(content));
  expect(await reportPage({ ...content, date: '<May>' })).toContain('<p>&#60;May&#62;</p>');
});

function pageOf(results: readonly EvaluationResult[]): Promise<string> {
  return reportPage({ title: 'Report', results, ablations: [] });
}

function views(): Pick<GalleryEntry, 'lr' | 'input' | 'sr' | 'hr'> {
  return { lr: pixel, input: pixel, sr: pixel, hr: pixel };
}

/** A result with scores of PSNR and LPIPS. */
function method(name: string, scores: Record<'psnr' | 'lpips', number | number[]>): EvaluationResult {
  const [psnr, lpips] = [[scores.psnr].flat(), [scores.lpips].flat()];
  const images = psnr.map(
    (score, at): ImageScores => ({ name: `p${at}`, psnr: score, lpips: lpips[at] as Score }) as ImageScores,
  );
  return resultOf(
    {},
    {
      name,
      images,
      count: images.length,
      metrics: {
        psnr: { higherIsBetter: true, unit: 'dB', range: [0, 'Infinity'] },
        lpips: { higherIsBetter: false, range: [0, 1] },
      },
      summary: summarise(images, ['psnr', 'lpips']),
    },
  );
}

/** The texts of a table's cells. */
function tableRows(page: string, caption = 'Mean scores'): string[][] {
  const [table = ''] =
    /<table>[\s\S]*?<\/table>/.exec(page.slice(page.indexOf(`aria-label="${caption}`))) ?? [];
  return [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ),
  );
}
