// Times a training step of SPARNet: the trainer's beside PyTorch's, turn by turn.
import { SparnetError, isSparnetError } from '@sparnet/core';
import type { EngineName } from '@sparnet/engine';
import { preset, type SparnetConfig } from '@sparnet/models';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startContender, type Contender } from './contender.ts';
import type { StepTime } from './training-answers.ts';
import { figuresOf, tableOf, type Entry, type Figures } from './figures.ts';
import type { OurOptions } from './our-step.ts';
import { writeStartFiles, type StartFiles } from './start-files.ts';
import { torchArchitecture } from './torch-architecture.ts';
import { help, readOptions, type TrainingStepOptions } from './training-step-options.ts';

const learningRate = 2e-4;
const python = process.env['SPARNET_PYTHON'] ?? 'python3';

async function compare(options: TrainingStepOptions): Promise<Figures[]> {
  const config = preset(options.presetName);
  const files = await writeStartFiles(config, options.batch);
  const withTorch = torchIsHere();
  const entries: Entry[] = [];
  try {
    for (const workers of options.workers) {
      if (withTorch) {
        entries.push(await entered('torch', workers, options.batch, startTorch(config, files, workers)));
      }
      for (const engine of options.engines) {
        const images = workers * options.batch;
        entries.push(await entered(engine, workers, images, startOurs(engine, config, files, workers)));
      }
    }
    checkSameWork(entries);
    for (let round = 1; round <= options.rounds; round++) {
      for (const entry of entries) {
        process.stderr.write(`\rround ${round} of ${options.rounds}: ${entry.side} ${entry.workers}      `);
        entry.seconds.push((await entry.contender.ask<StepTime>('step')).seconds);
      }
    }
    process.stderr.write('\n');
    return await figuresOf(entries);
  } finally {
    for (const { contender } of entries) contender.close();
    await files.remove();
  }
}

function torchIsHere(): boolean {
  const found = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
  if (!found)
    process.stderr.write(`${python} has no torch: ours is timed alone (SPARNET_PYTHON names another)\n`);
  return found;
}

function startTorch(
  config: SparnetConfig,
  { model, batch }: StartFiles,
  threads: number,
): Promise<Contender> {
  const program = fileURLToPath(new URL('../torch/train_step.py', import.meta.url));
  const options = {
    arch: JSON.stringify(torchArchitecture(config)),
    model,
    batch,
    threads: String(threads),
    lr: String(learningRate),
  };
  return startContender(python, [
    program,
    ...Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]),
  ]);
}

function startOurs(
  engine: EngineName,
  config: SparnetConfig,
  { model, batch }: StartFiles,
  workers: number,
): Promise<Contender> {
  const program = fileURLToPath(new URL('our-step.ts', import.meta.url));
  const options: OurOptions = { engine, workers, config, model, batch, learningRate };
  // As the trainer: a thread a worker.
  const env = { TF_NUM_INTRAOP_THREADS: '1', OMP_NUM_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '3' };
  return startContender(process.execPath, [...process.execArgv, program, JSON.stringify(options)], env);
}

/** Its first step is not timed: it builds what is kept. */
async function entered(
  side: Entry['side'],
  workers: number,
  imagesPerStep: number,
  starting: Promise<Contender>,
): Promise<Entry> {
  const contender = await starting;
  process.stderr.write(`${workers} of ${contender.name}\n`);
  const { loss: firstLoss } = await contender.ask<StepTime>('step');
  return { side, workers, imagesPerStep, contender, firstLoss, seconds: [] };
}

/** All start from the same weights and images, so that their first losses must agree. */
function checkSameWork(entries: readonly Entry[]): void {
  const reference = entries[0]?.firstLoss as number;
  const other = entries.find(({ firstLoss }) => !(Math.abs(firstLoss / reference - 1) < 1e-3));
  if (!other) return;
  throw new SparnetError(
    'bad-state',
    `the loss of the first step is ${other.firstLoss} on ${other.side} and ${reference} on ${entries[0]?.side}`,
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    process.stdout.write(help);
    return;
  }
  const figures = await compare(options);
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, node: process.version };
  process.stdout.write(
    `${options.presetName} on ${machine.processor}, ${machine.cores} cores\n\n${tableOf(figures)}\n`,
  );
  if (options.json) {
    const { presetName, batch, rounds } = options;
    await writeFile(
      options.json,
      `${JSON.stringify({ preset: presetName, batch, rounds, machine, figures }, null, 2)}\n`,
    );
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isSparnetError(error, 'bad-argument') ? 2 : 1;
}
