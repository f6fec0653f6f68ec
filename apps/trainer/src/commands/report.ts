import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { runPaths } from '../run/run-paths.ts';
import type { TrainResult } from '../train.ts';

/** A remark for a person, on stderr; on a terminal it takes the place of the progress line. */
export function say(message: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\u001B[K' : ''}${message}\n`);
}

/** What a run came to, on stdout. */
export function report({ end, dir, steps, quality }: TrainResult): void {
  const lines = [];
  if (quality) {
    const { psnr, ssim, bicubic } = quality;
    lines.push(
      `            PSNR dB    SSIM`,
      `bicubic     ${bicubic.psnr.toFixed(3).padStart(7)}  ${bicubic.ssim.toFixed(4)}`,
      `SPARNet     ${psnr.toFixed(3).padStart(7)}  ${ssim.toFixed(4)}`,
    );
  }
  if (end === 'interrupted' && !existsSync(runPaths(dir).config))
    lines.push('interrupted before it began; nothing was kept');
  else if (end === 'interrupted')
    lines.push(`interrupted at step ${steps}; go on with: ${resumeCommandLine(dir)}`);
  else lines.push(`${steps} steps, ${fromHere(dir)}/model.safetensors`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function exitCodeOf({ end }: TrainResult): number {
  return end === 'interrupted' ? 130 : 0;
}

/** What to type, in this folder, to go on with a run. */
export function resumeCommandLine(dir: string): string {
  return `npm run trainer -- resume ${quoted(fromHere(dir))}`;
}

/** A path as a person in this folder would write it. */
export function fromHere(path: string): string {
  const short = relative(process.cwd(), path) || '.';
  return short.length < path.length ? short : path;
}

function quoted(path: string): string {
  return /[^\w./-]/.test(path) ? JSON.stringify(path) : path;
}
