// A contender: takes the trainer's step when told, on stdin; see contender.ts. Its argument is OurOptions as JSON.
import type { EngineName } from '@sparnet/engine';
import type { SparnetConfig } from '@sparnet/models';
import { parseSafetensors } from '@sparnet/weights';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openComputePool } from 'trainer/compute/compute-pool';
import type { Shard } from 'trainer/compute/messages';
import { adamStep } from 'trainer/optimise/adam';
import { globalNorm } from 'trainer/optimise/clip';
import { averageInto, warmedUpDecay } from 'trainer/optimise/ema';
import type { StepTime, Usage } from './training-answers.ts';

/** What the program is started with. */
export interface OurOptions {
  engine: EngineName;
  workers: number;
  config: SparnetConfig;
  /** Files: see `StartFiles`. */
  model: string;
  batch: string;
  learningRate: number;
}

const options = JSON.parse(process.argv[2] as string) as OurOptions;
const { engine, workers, config, model, batch, learningRate } = options;
const ema = 0.999;

const loss = { kind: 'squared', reduction: 'mean' } as const;
const pool = await openComputePool(workers, { engine, network: config, seed: 0, loss });
await pool.initialise({ weights: await readFile(model), file: model });
pool.average.set(pool.values);
const { parameters, total, entries } = pool.table;
const gradients = new Float32Array(total);
const slopes = gradients.subarray(0, parameters);
const firstMoment = new Float32Array(parameters);
const secondMoment = new Float32Array(parameters);
const shard = readShard(await readFile(batch));
const shards = Array.from({ length: workers }, () => shard);
let steps = 0;

/** What `train` does for a batch that the loader has ready. */
async function step(): Promise<StepTime> {
  const start = performance.now();
  pool.changed();
  const value = await pool.differentiate(shards, gradients);
  if (!Number.isFinite(value + globalNorm([slopes]))) throw new Error(`step ${steps + 1} diverged`);
  steps += 1;
  adamStep({
    parameters: pool.values.subarray(0, parameters),
    gradients: slopes,
    firstMoment,
    secondMoment,
    step: steps,
    learningRate,
    beta1: 0.9,
    beta2: 0.99,
  });
  pool.values.set(gradients.subarray(parameters), parameters);
  averageInto(pool.average, pool.values, warmedUpDecay(ema, steps));
  for (const { dtype, start: at, size } of entries) {
    if (dtype === 'I64') pool.average.set(pool.values.subarray(at, at + size), at);
  }
  return { seconds: (performance.now() - start) / 1000, loss: value };
}

async function usage(): Promise<Usage> {
  const heaps = (await pool.usage()).map(({ heapBytes }) => heapBytes);
  const peakRss = process.resourceUsage().maxRSS * 1024;
  return heaps.every((heap) => heap > 0) ? { peakRss, heaps } : { peakRss };
}

function readShard(bytes: Uint8Array): Shard {
  const { input, target } = parseSafetensors(bytes).tensors;
  return {
    count: input?.shape[0] as number,
    input: input?.data as Uint8Array,
    target: target?.data as Uint8Array,
  };
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

answer({ name: `${pool.engine.name}: ${pool.engine.why}` });
for await (const line of createInterface({ input: process.stdin })) {
  answer(line === 'step' ? await step() : await usage());
}
await pool.close();
