import type { Command } from '../command.ts';
import { invalid } from '@sparnet/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sparnetX8 } from '@sparnet/pretrained/sparnet-x8';
import { asUsage } from 'command-line';
import { prepareDemoFaces } from '../demo/demo-faces.ts';
import { demoResult } from '../demo/demo-result.ts';
import { trainOptions } from '../options.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { writePreview } from '../run/preview.ts';
import { runPaths } from '../run/run-paths.ts';
import { train, type TrainResult } from '../train.ts';
import { exitCodeOf, fromHere, report, resumeCommandLine, say } from './report.ts';

const table = {
  minutes: { type: 'number', min: 0.1, default: 3.5, help: 'How long it learns.' },
  out: {
    type: 'string',
    help: 'The run folder (default: a new one, runs/demo or runs/demo-2 ... in the project).',
  },
  engine: trainOptions.engine,
  workers: trainOptions.workers,
  seed: trainOptions.seed,
} as const;

const usage = `trainer [options]

The demo. It finds the faces in a few photographs that come with the face detector, teaches a small SPARNet to turn
16x16 into 128x128 on most of them, and shows what it makes of faces that it never saw, beside the published sparnet-x8.`;

const runs = fileURLToPath(new URL('../../../../runs/', import.meta.url));

export const demoCommand: Command = { table, usage, long: () => true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = await asUsage(() => read(argv));
  const out = options.out ?? freshFolder();
  say('looking for faces in the photographs');
  const { trainDir, valDir, boxes } = await prepareDemoFaces(runs);
  const { minutes = table.minutes.default, ...computing } = options;
  const result = await train(
    {
      preset: 'sparnet-tiny',
      data: [trainDir],
      boxes,
      val: [valDir],
      minutes,
      // Small steps, many of them: twice the gain of a batch of eight after as many images.
      batch: 4,
      shard: 2,
      lr: 1.5e-3,
      warmup: 15,
      schedule: 'cosine',
      hold: 0.4,
      floor: 0.02,
      ema: 0.99,
      rotate: false,
      shift: 0.15,
      zoom: [0.8, 1.4],
      valEvery: 100,
      previewEvery: 100,
      saveEvery: 100,
      ...computing,
      out,
    },
    { signal, say },
  );
  report(result);
  if (result.end !== 'interrupted') await showResult(result, valDir);
  return exitCodeOf(result);
}

function read(argv: readonly string[]) {
  const { options, positionals } = parseFlags(argv, table);
  if (positionals.length > 0) throw invalid('a flag', 'one of those that --help lists', positionals[0]);
  return options;
}

async function showResult({ dir, steps }: TrainResult, faces: string): Promise<void> {
  const file = join(dir, 'result.png');
  const { picture, psnr } = await demoResult({ model: runPaths(dir).model, faces });
  await writePreview(file, picture);
  const { name } = sparnetX8;
  process.stdout.write(`
Faces it never saw: ${fromHere(file)}
  16x16, bicubic, what it has learned here, the published model ${name}, the original, where ${name} looks
  PSNR: bicubic ${psnr.bicubic.toFixed(2)} dB, taught here ${psnr.taught.toFixed(2)} dB, ${name} ${psnr.published.toFixed(2)} dB

Next:
  ${resumeCommandLine(dir)} --steps ${2 * steps} --horizon ${2 * steps}
      goes on learning
  npm run trainer -- train --data YOUR_PHOTOS --val OTHER_PHOTOS --out runs/mine --minutes 30
      trains on your own photographs
  npm run trainer -- doctor
      which engines work here, and how to get faster ones
`);
}

/** The first of runs/demo, runs/demo-2, ... that is not there yet. */
function freshFolder(): string {
  for (let number = 1; ; number++) {
    const folder = join(runs, number === 1 ? 'demo' : `demo-${number}`);
    if (!existsSync(folder)) return folder;
  }
}
