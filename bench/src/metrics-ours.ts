// Our side of the comparison: scores the pairs that come in on stdin, a line of JSON each.
import { createImage } from '@sparnet/image';
import { psnr, ssim } from '@sparnet/metrics';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Range, Scored } from './metrics-job.ts';

const [file, sideWord] = process.argv.slice(2) as [string, string];
const side = Number(sideWord);
const bytes = new Uint8Array(readFileSync(file));

/** Image `2 * i` of the file is the truth of pair `i`, and the next its guess. */
function imageAt(index: number) {
  const length = 3 * side * side;
  const data = bytes.subarray(index * length, (index + 1) * length);
  return createImage({ width: side, height: side, channels: 3, data });
}

function score({ first, last }: Range): Scored {
  const scored: Scored = { seconds: 0, psnr: [], ssim: [] };
  const start = performance.now();
  for (let i = first; i < last; i++) {
    const truth = imageAt(2 * i);
    const guess = imageAt(2 * i + 1);
    scored.psnr.push(psnr(truth, guess, { protocol: 'matlab' }));
    scored.ssim.push(ssim(truth, guess, { protocol: 'matlab' }));
  }
  scored.seconds = (performance.now() - start) / 1000;
  return scored;
}

function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

answer({ name: `@sparnet/metrics, Node ${process.version}` });
for await (const line of createInterface({ input: process.stdin })) answer(score(JSON.parse(line) as Range));
