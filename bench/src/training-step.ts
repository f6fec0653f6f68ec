// Times a training step of SPARNet: the trainer's beside PyTorch's, turn by turn.
import { SparnetError, isSparnetError } from '@sparnet/core';
import { engineNames, type EngineName } from '@sparnet/engine';
import { preset, type PresetName, type SparnetConfig } from '@sparnet/models';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startContender, type Contender, type Usage } from './contender.ts';
import type { OurOptions } from './our-step.ts';
import { writeStartFiles, type StartFiles } from './start-files.ts';
import { textTable } from './text-table.ts';
import { torchArchitecture } from './torch-architecture.ts';

const help = `training-step: times a training step of SPARNet beside PyTorch's

  --preset NAME      the network (default: sparnet-v16-s4)
  --batch N          images in a shard of ours and in a step of PyTorch (default: 4)
  --rounds N         timed steps of each, in turn, after one that is not (default: 5)
  --engines A,B      of ${engineNames.join(', ')} (default: wasm)
  --workers N,N      ours with so many workers, PyTorch with so many threads (default: 1,2)
  --json FILE        write the figures there, too

  SPARNET_PYTHON=COMMAND   a Python that has torch (default: python3); without torch ours is timed alone
  SPARNET_NATIVE=DIR       where native TensorFlow is installed
`;

interface Options {
  presetName: PresetName;
  batch: number;
  rounds: number;
  engines: EngineName[];
  workers: number[];
  json: string | undefined;
}

/** A contender and what was measured of it. */
interface Entry {
  side: 'torch' | EngineName;
  /** Workers, or threads of PyTorch. */
  workers: number;
  imagesPerStep: number;
  contender: Contender;
  firstLoss: number;
  seconds: number[];
}

/** The figures of a contender. */
interface Figures extends Usage {
  side: Entry['side'];
  name: string;
  workers: number;
  imagesPerStep: number;
  medianSeconds: number;
  minSeconds: number;
  /** By the median. */
  imagesPerSecond: number;
  /** The median time an image takes, over PyTorch's with as many threads. */
  ratio?: number;
  seconds: number[];
}

const learningRate = 2e-4;
const python = process.env['SPARNET_PYTHON'] ?? 'python3';

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      preset: { type: 'string', default: 'sparnet-v16-s4' },
      batch: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '5' },
      engines: { type: 'string', default: 'wasm' },
      workers: { type: 'string', default: '1,2' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    presetName: values.preset as PresetName,
    batch: wholeNumber('--batch', values.batch),
    rounds: wholeNumber('--rounds', values.rounds),
    engines: values.engines.split(',') as EngineName[],
    workers: values.workers.split(',').map((word) => wholeNumber('--workers', word)),
    json: values.json,
  };
}

function wholeNumber(flag: string, word: string): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SparnetError('bad-argument', `expected an integer of at least 1 for ${flag}, got ${word}`);
}

async function compare(options: Options): Promise<Figures[]> {
  const config = preset(options.presetName);
  const files = await writeStartFiles(config, options.batch);
  const entries: Entry[] = [];
  try {
    for (const workers of options.workers) {
      if (torchIsHere()) {
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
        entry.seconds.push((await entry.contender.step()).seconds);
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
  if (!found) process.stderr.write(`${python} has no torch: ours is timed alone (SPARNET_PYTHON names another)\n`);
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
  const { loss: firstLoss } = await contender.step();
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

async function figuresOf(entries: readonly Entry[]): Promise<Figures[]> {
  const perImage = ({ seconds, imagesPerStep }: Entry): number => median(seconds) / imagesPerStep;
  return Promise.all(
    entries.map(async (entry) => {
      const { side, workers, imagesPerStep, seconds, contender } = entry;
      const torch = entries.find((other) => other.side === 'torch' && other.workers === workers);
      return {
        side,
        name: contender.name,
        workers,
        imagesPerStep,
        medianSeconds: median(seconds),
        minSeconds: Math.min(...seconds),
        imagesPerSecond: 1 / perImage(entry),
        ...(torch && { ratio: perImage(entry) / perImage(torch) }),
        ...(await contender.usage()),
        seconds,
      };
    }),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

function tableOf(figures: readonly Figures[]): string {
  const head = ['', 'images a step', 'median s', 'min s', 'images/s', 'to PyTorch', 'peak RSS MB', 'heap a worker MB'];
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const rows = figures.map((row) => [
    `${row.side}, ${row.workers} ${row.side === 'torch' ? 'thread' : 'worker'}${row.workers > 1 ? 's' : ''}`,
    String(row.imagesPerStep),
    row.medianSeconds.toFixed(2),
    row.minSeconds.toFixed(2),
    row.imagesPerSecond.toFixed(2),
    row.ratio?.toFixed(2) ?? '-',
    megabytes(row.peakRss),
    row.heaps?.map(megabytes).join(' ') ?? '-',
  ]);
  return textTable([head, ...rows]);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    process.stdout.write(help);
    return;
  }
  const figures = await compare(options);
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, node: process.version };
  process.stdout.write(`${options.presetName} on ${machine.processor}, ${machine.cores} cores\n\n${tableOf(figures)}\n`);
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
