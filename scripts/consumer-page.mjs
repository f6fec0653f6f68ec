// A page that imports installed packages: built by Vite, run by headless Chromium.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

// Not by name: the linter would read their types, with those of Node, and hold every script against these.
const tools = ['vite', 'playwright'].map((name) => import(name));
const [{ build, preview }, { chromium }] = await Promise.all(tools);

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export function hasBrowser() {
  return existsSync(executablePath);
}

/** Builds `index.html` of the project and opens it. Returns what its script left in `globalThis.result`. */
export async function resultOfPage(project) {
  await build(settings(project, {}));
  const server = await preview({ ...settings(project, {}), preview: { host: '127.0.0.1', port: 0 } });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await browser.newPage();
    const broken = new Promise((_, reject) => page.on('pageerror', reject));
    await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
    await Promise.race([broken, page.waitForFunction(() => globalThis.result !== undefined)]);
    return await page.evaluate(() => globalThis.result);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Bytes of what a module and all that it imports become in a page: minified, and minified and compressed by gzip. */
export async function bundledSize(project, file) {
  const { output } = await build(
    settings(project, {
      write: false,
      rollupOptions: { input: join(project, file), preserveEntrySignatures: 'strict' },
    }),
  );
  const code = output.map((chunk) => chunk.code ?? '').join('');
  return { minified: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).length };
}

function settings(folder, options) {
  return { root: folder, configFile: false, logLevel: 'warn', build: { modulePreload: false, ...options } };
}
