import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pngs } from './data/picture-fixture.ts';
import { tempFolder } from './data/temp-folder.ts';
import type { TrainConfig } from './options.ts';
import type { MetricsLine, TrainLine } from './run/metrics-log.ts';

/** A network of one block from 8x8 to 16x16 pixels, whose step takes milliseconds, for tests. */
export const tinyNetwork = {
  inputSize: 8,
  outputSize: 16,
  scale: 2,
  minFeatureSize: 8,
  minChannels: 4,
  maxChannels: 8,
  resDepth: -3,
  bottleneckSize: 8,
  hourglassWidth: 4,
  hourglassDepth: 'feature-size',
};

/** A folder with small pictures. */
export async function pictureFolder(count: number): Promise<string> {
  const folder = tempFolder();
  for (const [index, png] of (await pngs(count)).entries())
    writeFileSync(join(folder, `${String(index).padStart(3, '0')}.png`), png);
  return folder;
}

/** Options of a run of {@link tinyNetwork} that uses everything: augmentation, clipping, averaging, odd shards. */
export async function tinyRun(
  changes: Partial<TrainConfig> = {},
): Promise<Partial<TrainConfig> & { out: string }> {
  return {
    network: tinyNetwork,
    data: [await pictureFolder(7)],
    out: join(tempFolder(), 'run'),
    engine: 'wasm',
    workers: 1,
    batch: 5,
    shard: 2,
    steps: 12,
    lr: 0.001,
    schedule: 'cosine',
    warmup: 3,
    zoom: [0.9, 1.1],
    shift: 0.05,
    clip: 0.05,
    ema: 0.9,
    logEvery: 1,
    saveEvery: 4,
    ...changes,
  };
}

function metricsOf(dir: string): MetricsLine[] {
  const text = readFileSync(join(dir, 'metrics.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricsLine);
}

/** Step to loss, as bits say them: all digits. */
export function lossesOf(dir: string): Record<number, number> {
  const lines = metricsOf(dir).filter((line): line is TrainLine => line.split === 'train');
  return Object.fromEntries(lines.map(({ step, loss }) => [step, loss['pixel'] as number]));
}

/** All that a run measured, but for its speed. */
export function timeless(dir: string): unknown[] {
  return metricsOf(dir).map((line) => ({ ...line, imagesPerSecond: undefined }));
}

/** The bytes of a run's result. */
export function modelOf(dir: string): Buffer {
  return readFileSync(join(dir, 'model.safetensors'));
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The command line, as a process of its own. */
export function startTrainer(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const preload = join(root, 'scripts/ts.mjs');
  const main = join(root, 'apps/trainer/src/main.ts');
  return spawn(process.execPath, [`--import=${preload}`, '--conditions=@sparnet/source', main, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
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
