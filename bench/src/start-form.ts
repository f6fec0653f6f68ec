import { SparnetError } from '@sparnet/core';
import type { EngineName } from '@sparnet/engine';
import type { SparnetConfig } from '@sparnet/models';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startContender, type Contender } from './contender.ts';
import type { Form, Task } from './forms.ts';
import type { ForwardOptions } from './our-forward.ts';
import type { StepOptions } from './our-step.ts';
import { portionsOf } from './portions.ts';
import type { StartFiles } from './start-files.ts';
import { torchArchitecture } from './torch-architecture.ts';

const python = process.env['SPARNET_PYTHON'] || 'python3';
const learningRate = 2e-4;

/** A batch of a network that contenders compute. */
export interface Work {
  task: Task;
  config: SparnetConfig;
  batch: number;
  /** Images that a worker of ours trains on at once, at most. */
  shard: number;
  /** Where contenders put what they made. */
  folder: string;
  files: StartFiles;
  /** The folder of pictures that the trainer reads. */
  photos: string;
}

/**
 * Start the processes of a form, one or two.
 *
 * @throws SparnetError `missing-package` when it can't be here, `unsupported` for a network that the other side lacks,
 *   `worker-died`.
 */
export async function startForm(form: Form, work: Work): Promise<Contender[]> {
  const starting = await Promise.allSettled(programsOf(form, await prepared(form, work)));
  const failed = starting.find((result) => result.status === 'rejected');
  const started = starting.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (!failed) return started;
  for (const contender of started) contender.close();
  throw failed.reason;
}

/** Start our training step: one process, whose workers share the batch. `auto` is the best engine that is here. */
export function startOurStep(
  { threads, ...own }: Pick<StepOptions, 'engine' | 'workers' | 'photos'> & { threads: number },
  { config, files, batch, shard: most }: Pick<Work, 'config' | 'files' | 'batch' | 'shard'>,
): Promise<Contender> {
  const portions = portionsOf(batch, { parts: own.workers, most });
  const options: StepOptions = { ...own, config, ...files, ...portions, images: batch, learningRate };
  return startOurs('our-step.ts', options, threads);
}

/** The files of a form's outputs. */
export function outputsOf({ parts }: Form, { folder }: Work): string[] {
  return Array.from({ length: parts }, (_, part) => join(folder, `output-${part}`));
}

interface Prepared extends Work {
  onnx: string;
}

async function prepared({ side }: Form, work: Work): Promise<Prepared> {
  const onnx = join(work.folder, 'model.onnx');
  if (side !== 'onnx' && !side.startsWith('torch')) return { ...work, onnx };
  if (spawnSync(python, ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new SparnetError('missing-package', `${python} can't be started (SPARNET_PYTHON names another)`);
  if (side === 'onnx' && !existsSync(onnx)) await exportOnnx(onnx, work);
  return { ...work, onnx };
}

async function exportOnnx(onnx: string, { config, files }: Work): Promise<void> {
  const options = { arch: JSON.stringify(torchArchitecture(config)), model: files.model, output: onnx };
  try {
    await promisify(execFile)(python, [theirs('export_onnx.py'), ...flagsOf(options)]);
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const why = (stderr || message).trim().split('\n').at(-1);
    throw new SparnetError('missing-package', `no ONNX file could be made: ${why}`, { cause });
  }
}

function programsOf(form: Form, work: Prepared): Promise<Contender>[] {
  const { side, parts, threads } = form;
  if (work.task === 'forward' || side.startsWith('torch'))
    return outputsOf(form, work).map((output) => startPart(form, work, output));
  if (side !== 'trainer')
    return [startOurStep({ engine: side as EngineName, workers: parts, threads }, work)];
  return [startOurStep({ engine: 'auto', workers: parts, threads, photos: work.photos }, work)];
}

/** One of the processes that share a batch. */
function startPart({ side, parts, threads }: Form, work: Prepared, output: string): Promise<Contender> {
  const { unit } = portionsOf(work.batch, { parts, most: work.shard });
  const { batch, model } = work.files;
  const part = { batch, unit, images: work.batch / parts, output };
  if (side === 'onnx') return startTheirs('onnx_contender.py', { model: work.onnx, ...part, threads });
  if (side !== 'torch' && side !== 'torch-bf16') {
    const options: ForwardOptions = { engine: side as EngineName, model, ...part };
    return startOurs('our-forward.ts', options, threads);
  }
  return startTheirs('torch_contender.py', {
    task: work.task,
    arch: JSON.stringify(torchArchitecture(work.config)),
    model,
    ...part,
    threads,
    precision: side === 'torch' ? 'float32' : 'bfloat16',
    lr: learningRate,
  });
}

function startOurs(program: string, options: object, threads: number): Promise<Contender> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const env = {
    TF_NUM_INTRAOP_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
    TF_CPP_MIN_LOG_LEVEL: '3',
  };
  return startContender(process.execPath, [...process.execArgv, path, JSON.stringify(options)], env);
}

function startTheirs(program: string, options: Record<string, string | number>): Promise<Contender> {
  return startContender(python, [theirs(program), ...flagsOf(options)]);
}

function theirs(program: string): string {
  return fileURLToPath(new URL(`../torch/${program}`, import.meta.url));
}

function flagsOf(options: Record<string, string | number>): string[] {
  return Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
}
