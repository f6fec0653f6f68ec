import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream } from '@sparnet/core';
import { resize, type Image } from '@sparnet/image';
import { encodeImage } from '@sparnet/image/node';
import { onTestFinished } from 'vitest';

/** An empty folder that is removed when the test is over. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sparnet-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A small picture that bicubic enlarging can't restore, of smooth areas and noise. */
export function picture(index: number, width = 32, height = width): Image {
  const random = randomStream({ seed: 7, purpose: 'picture', index });
  const draw = (w: number, h: number): Image => ({
    width: w,
    height: h,
    channels: 3,
    data: Uint8Array.from({ length: w * h * 3 }, () => random.integer(256)),
  });
  const smooth = resize(draw(4, 4), { width, height });
  const noise = draw(width, height);
  const part = 0.05 + 0.03 * (index % 9);
  const data = smooth.data.map((level, at) => Math.round((1 - part) * level + part * noise.data[at]!));
  return { width, height, channels: 3, data };
}

/** A folder of pictures as PNG, by their names. */
export async function folderOf(files: Record<string, Image | string>): Promise<string> {
  const folder = tempFolder();
  for (const [name, image] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof image === 'string' ? image : await encodeImage(image));
  }
  return folder;
}

/** `count` pictures named `00.png` and so on. */
export function pictures(count: number, side = 32): Record<string, Image> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${String(index).padStart(2, '0')}.png`,
      picture(index, side),
    ]),
  );
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The command line, as a process of its own. */
export function startEval(argv: readonly string[]): ChildProcess {
  const preload = join(root, 'scripts/ts.mjs');
  const main = join(root, 'apps/eval/src/main.ts');
  return spawn(process.execPath, [`--import=${preload}`, '--conditions=@sparnet/source', main, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Its exit code, or the signal that ended it, and what it wrote. */
export function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (part: string) => (text[name] += part));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
}
