import { SparnetError, invalid } from '@sparnet/core';
import { useEngine, type EngineName } from '@sparnet/engine';
import type { PixelLossKind, PixelReduction } from '@sparnet/losses';
import { createSparnet, type SparnetConfig } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import { asUsage } from 'command-line';
import { outOfMemory } from '../compute/out-of-memory.ts';
import { sharedNetwork } from '../compute/shared-network.ts';
import { clocks, type ClockName } from './clocks.ts';
import { createLedger, type Entry, type Ledger } from './ledger.ts';
import { betterLimit, machineLimit } from './machine-limit.ts';
import { profileOf, type Profile } from './profile.ts';
import { profiledStep } from './profiled-step.ts';
import { watchKernels } from './watch-kernels.ts';
import { watchLayers } from './watch-layers.ts';
import { watchMemory, type SeenMemory } from './watch-memory.ts';
import { watchRecorder } from './watch-recorder.ts';

export interface ProfileOptions {
  engine: EngineName | 'auto';
  network: SparnetConfig;
  /** Of weights and images. */
  seed: number;
  loss: { kind: PixelLossKind; reduction: PixelReduction };
  /** Keep only the inputs of blocks for the backward pass, which runs them again. */
  checkpointing: boolean;
  /** Images of a step, all computed at once. */
  batch: number;
  /** How many steps are measured; the one of median length is shown. */
  steps: number;
  /** For native TensorFlow; other engines compute on one. */
  threads: number;
  clock: ClockName;
}

/** The steps before those that are measured set up what the engine keeps, and have JavaScript compiled. */
const leastWarmUps = 3;
const warmUpMs = 2000;
const mostWarmUps = 20;

/**
 * Take training steps of a network in this thread and see where their time and memory go. The weights and images are
 * random. For engine native, the environment variables that set its threads are set in this process, which has an
 * effect only before TensorFlow is loaded.
 *
 * @throws SparnetError `engine-unavailable`; `bad-argument` for threads that the engine hasn't; `bad-config` when memory
 *   runs out.
 */
export async function profileNetwork(options: ProfileOptions): Promise<Profile> {
  const { engine, network, seed, batch, steps, threads } = options;
  const now = clocks[options.clock];
  if (engine === 'native' || engine === 'auto') setNativeThreads(threads);
  const { name, why, dispose } = await useEngine(engine);
  const shared = sharedNetwork((variables) => createSparnet(network, { seed, variables }));
  try {
    await asUsage(() => checkThreads(threads, name));
    const firstLimit = machineLimit(now);
    const ledger = createLedger(now);
    const step = profiledStep(shared, options);
    warmUp(() => step(ledger));
    const began = { wall: clocks.wall(), processor: clocks.processor() };
    const watchedSteps: Entry[][] = [];
    const unwatchedMs: number[] = [];
    for (let count = 0; count < steps; count++) {
      const start = now();
      step(ledger);
      unwatchedMs.push(now() - start);
      watchedSteps.push(watched(step, ledger));
    }
    const computing = (clocks.processor() - began.processor) / (clocks.wall() - began.wall);
    const memory = remembered(step, ledger);
    const limit = betterLimit(firstLimit, machineLimit(now));
    const used = { name, why, threads, graphicsProcessor: usesGraphicsProcessor() };
    const { table } = shared;
    return profileOf({ engine: used, watchedSteps, unwatchedMs, computing, limit, memory, table }, options);
  } catch (error) {
    throw withWayOut(error, batch);
  } finally {
    shared.model.dispose();
    dispose();
  }
}

function warmUp(step: () => void): void {
  const end = performance.now() + warmUpMs;
  for (let count = 0; count < mostWarmUps; count++) {
    if (count >= leastWarmUps && performance.now() > end) return;
    step();
  }
}

type Step = (ledger: Ledger) => void;

function watched(step: Step, ledger: Ledger): Entry[] {
  const ends = [watchLayers(ledger), watchKernels(ledger), watchRecorder(ledger)];
  try {
    ledger.start();
    step(ledger);
    return ledger.stop();
  } finally {
    for (const end of ends.toReversed()) end();
  }
}

/** A step of its own, as looking at memory takes time. */
function remembered(step: Step, ledger: Ledger): SeenMemory {
  ledger.start();
  const memory = watchMemory(ledger);
  const ends = [watchLayers(ledger), watchKernels(ledger), watchRecorder(ledger, memory.onKeep)];
  let seen: SeenMemory;
  try {
    step(ledger);
  } finally {
    for (const end of ends.toReversed()) end();
    seen = memory.end();
  }
  return seen;
}

/** TensorFlow reads these once, when it is loaded. */
function setNativeThreads(threads: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['OMP_NUM_THREADS'] = String(threads);
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
}

function checkThreads(threads: number, engine: string): void {
  if (threads > 1 && engine !== 'native') throw invalid('threads', `1 on engine ${engine}`, threads);
}

function usesGraphicsProcessor(): boolean {
  const { isUsingGpuDevice = false } = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  return isUsingGpuDevice || tf.getBackend() === 'webgpu';
}

function withWayOut(error: unknown, batch: number): unknown {
  if (!outOfMemory(error, batch)) return error;
  return new SparnetError(
    'bad-config',
    `the engine ran out of memory with ${batch} images at once: lower --batch, or choose a smaller network`,
    { cause: error },
  );
}
