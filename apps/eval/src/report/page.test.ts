import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resize } from '@sparnet/image';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture } from '../eval-fixture.ts';
import { dataUrl } from '../pictures/data-url.ts';
import { resultOf } from '../result-fixture.ts';
import type { EvaluationResult } from '../result.ts';
import { reportPage } from './report-page.ts';

const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(executable))('the report in headless Chromium', () => {
  let browser: Browser;
  let folder = '';
  /** Shared by tests that leave it as another one may find it. */
  let shared: Awaited<ReturnType<typeof open>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    const html = await reportPage({ title: 'Report', results: await results(), ablations: [] });
    writeFileSync(join(folder, 'report.html'), html);
    browser = await chromium.launch({
      executablePath: executable,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    shared = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['a phone', { width: 360, height: 740 }, 'dark'],
    ['a desktop', { width: 1280, height: 900 }, 'light'],
  ] as const)(
    'on %s: nothing is loaded, nothing complained of, nothing wider than the window',
    async (_, viewport, colorScheme) => {
      const { page, complaints, requests } = await open({ viewport, colorScheme });
      // Opened, what is in it may be wide.
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
      await page.context().close();
    },
  );

  test('the slider moves the line, by the keyboard, the mouse and a finger', async () => {
    const { page } = await open({ hasTouch: true, viewport: { width: 360, height: 740 } });
    const card = page.locator('.card').first();
    const slider = card.getByRole('slider');
    const cut = async (): Promise<number> =>
      Number.parseFloat(
        await card.locator('.stage').evaluate((stage) => getComputedStyle(stage).getPropertyValue('--cut')),
      );
    expect(await cut()).toBe(50);
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    expect(await cut()).toBe(51);
    const box = (await slider.boundingBox())!;
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
    expect(await cut()).toBeCloseTo(25, -0.5);
    await page.touchscreen.tap(box.x + (3 * box.width) / 4, box.y + box.height / 2);
    expect(await cut()).toBeCloseTo(75, -0.5);
    const [line, stage] = [
      (await card.locator('.line').boundingBox())!,
      (await card.locator('.stage').boundingBox())!,
    ];
    expect((line.x + line.width / 2 - stage.x) / stage.width).toBeCloseTo((await cut()) / 100, 1);
    await page.context().close();
  });

  test('what is compared is chosen for all pictures at once', async () => {
    const { page } = shared;
    const card = page.locator('.card').nth(1);
    const source = (selector: string) => card.locator(selector).getAttribute('src');
    expect(await source('.before')).toBe(await source('[data-view="input"]'));
    expect(await source('.after')).toBe(await source('[data-view="sr"]'));
    await page.getByLabel('SR and HR').check();
    expect(await source('.before')).toBe(await source('[data-view="sr"]'));
    expect(await source('.after')).toBe(await source('[data-view="hr"]'));
    expect(await card.getByRole('slider').getAttribute('aria-label')).toMatch(
      /: SR to the left.*HR to the right/,
    );
  });

  test('zooming shows pixels as squares, moves with the keyboard and closes with Escape', async () => {
    const { page, complaints } = shared;
    await page
      .getByRole('button', { name: /^Zoom into/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    const image = dialog.locator('.before');
    const width = (await image.boundingBox())!.width;
    expect(width % 32).toBe(0);
    expect(await image.evaluate((element) => getComputedStyle(element).imageRendering)).toBe('pixelated');
    for (let press = 0; press < 3; press++) await page.keyboard.press('+');
    expect((await image.boundingBox())!.width).toBeGreaterThan(width);
    await page.keyboard.press('-');
    const before = await dialog.locator('.line').boundingBox();
    await dialog.getByRole('slider').press('ArrowRight');
    expect((await dialog.locator('.line').boundingBox())!.x).toBeGreaterThan(before!.x);
    await page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a table is copied as Markdown', async () => {
    const { page } = shared;
    const button = page.getByRole('button', { name: 'Copy as Markdown' }).first();
    await button.click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/^\| Method \| PSNR, dB ↑ \|\n\| --- \| ---: \|\n\| bicubic \|/);
  });

  test('every control and picture has a name', async () => {
    const { page } = shared;
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, summary, svg[role=img], [tabindex]')]
        .filter((element) => {
          const label = element.closest('label')?.textContent ?? '';
          return `${element.getAttribute('aria-label') ?? ''}${element.textContent}${label}`.trim() === '';
        })
        .map((element) => element.outerHTML),
    );
    expect(nameless).toEqual([]);
    expect(await page.locator('img:not([alt])').count()).toBe(0);
  });

  test('without scripts, and on paper, the pictures stand side by side', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator('.strip img').first().isVisible()).toBe(true);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.locator('.pairs').isVisible()).toBe(false);
    await page.context().close();
    const printed = shared.page;
    await printed.emulateMedia({ media: 'print' });
    expect(await printed.locator('.compare').first().isVisible()).toBe(false);
    expect(await printed.locator('.strip img').first().isVisible()).toBe(true);
    await printed.emulateMedia({ media: null });
  });

  async function open(
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const requests: string[] = [];
    const file = pathToFileURL(join(folder, 'report.html'));
    page.on('request', (request) => {
      if (request.url() !== file.href && !request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(file.href);
    return { page, complaints, requests };
  }
});

/** Two methods, one of them with a name that would run if it could. */
async function results(): Promise<EvaluationResult[]> {
  const evil =
    '<img src="https://example.org/x.png" onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>';
  const [hr, sr] = [picture(0), picture(1)];
  const lr = resize(hr, { width: 4, height: 4 });
  const views = {
    lr: await dataUrl(lr),
    input: await dataUrl(resize(lr, { width: 32, height: 32 })),
    sr: await dataUrl(sr),
    hr: await dataUrl(hr),
  };
  const gallery = (['best', 'median', 'worst'] as const).map((place, index) => ({
    ...{ name: `${index}${evil}`, place, metric: 'psnr', score: 20 },
    ...views,
  }));
  const scores = (shift: number) =>
    Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, 20 + shift + (index % 7)]));
  return [
    resultOf(scores(0), { name: 'bicubic', gallery }),
    resultOf(scores(1), {
      name: evil,
      gallery,
      inputs: { model: `/a/${'long/'.repeat(40)}path`, hr: 'faces' },
    }),
  ];
}
