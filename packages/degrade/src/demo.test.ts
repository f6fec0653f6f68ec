import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { encodeImage } from '@sparnet/image/node';
import { chromium, type Browser, type Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from './recipe/operations.ts';
import { picture } from './picture-fixture.ts';

const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(executable))('the demo page, built by Vite, in headless Chromium', () => {
  let folder = '';
  let server: Server;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'degrade-demo-'));
    const configFile = fileURLToPath(new URL('../demo/vite.config.ts', import.meta.url));
    await build({ configFile, logLevel: 'warn', build: { outDir: join(folder, 'site'), emptyOutDir: true } });
    server = serve(join(folder, 'site'));
    browser = await chromium.launch({
      executablePath: executable,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  });

  afterAll(async () => {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('shows a photo before and after, and the recipe', async () => {
    expect(await page.locator('#before').evaluate(pixelsOf)).toMatchObject({ width: 512, height: 512 });
    const after = await page.locator('#after').evaluate(pixelsOf);
    expect(after).toMatchObject({ width: 512, height: 512 });
    expect(after.sum).not.toBe((await page.locator('#before').evaluate(pixelsOf)).sum);
    const recipe = JSON.parse(await page.locator('#recipe').inputValue()) as { steps: { op: string }[] };
    expect(recipe.steps.map(({ op }) => op).slice(1)).toEqual(['resize', 'noise', 'jpeg']);
    expect(await page.locator('#problem').textContent()).toBe('');
  });

  test('a slider changes the picture and the recipe', async () => {
    const before = await page.locator('#after').evaluate(pixelsOf);
    await page.locator('input[name="noise.sigma"]').fill('55');
    expect(await page.locator('#recipe').inputValue()).toContain('"sigma": 55');
    expect((await page.locator('#after').evaluate(pixelsOf)).sum).not.toBe(before.sum);
  });

  test('every degradation has a control for every value', async () => {
    for (const [op, { fields }] of Object.entries(operations)) {
      await page.locator('#recipe').fill('{"steps": []}');
      await page.locator('#more').selectOption(op);
      await page.locator('#add').click();
      const given = Object.values(fields).filter((field) => !field.optional).length;
      const controls = await page.locator('#steps label').count();
      expect(controls).toBeGreaterThanOrEqual('seed' in fields ? given - 1 : given);
      expect(await page.locator('#problem').textContent()).toBe('');
    }
  });

  test('a mistake in the text is named', async () => {
    await page.locator('#recipe').fill('{"steps": [{"op": "noise", "sigma": 999}]}');
    expect(await page.locator('#problem').textContent()).toContain('for recipe.steps[0].sigma, got 999');
    await page.locator('#recipe').fill('{"steps": [{"op": "noise", "sigma": 9}]}');
    expect(await page.locator('#problem').textContent()).toBe('');
  });

  test("takes a photo of one's own", async () => {
    const file = join(folder, 'photo.png');
    writeFileSync(file, await encodeImage(picture(60, 40)));
    await page.locator('#recipe').fill('{"steps": [{"op": "resize", "shrink": 4}]}');
    await page.locator('#photo').setInputFiles(file);
    await page.getByText('15 x 10 pixels').waitFor();
    expect(await page.locator('#before').evaluate(pixelsOf)).toMatchObject({ width: 60, height: 40 });
  });

  test('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});

function pixelsOf(canvas: Element): { width: number; height: number; sum: number } {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  return { width, height, sum: data.reduce((sum, level, i) => (sum * 31 + level + i) % 1e9, 0) };
}

function serve(folder: string): Server {
  const types: Partial<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
  return createServer((request, response) => {
    const file = join(folder, request.url === '/' ? 'index.html' : request.url!);
    if (existsSync(file)) {
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
      response.end(readFileSync(file));
    } else response.writeHead(404).end();
  }).listen(0);
}
