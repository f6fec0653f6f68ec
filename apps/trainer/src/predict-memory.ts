import { useEngine, type EngineName } from '@sparnet/engine';
import type { SparnetConfig } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from './compute/objective.ts';
import { openGame, type OpenGame } from './compute/open-game.ts';
import { shardGradients } from './compute/shard-gradients.ts';
import { clocks } from './profile/clocks.ts';
import { createLedger } from './profile/ledger.ts';
import { watchMemory } from './profile/watch-memory.ts';

/** What a run will need at its peak, in bytes. */
export interface PredictedMemory {
  /** Weights, their average, Adam's moments, gradients, results of shards, and what a checkpoint is written from. */
  vectors: number;
  /** Of one worker: its copies of the networks, and what a shard's forward and backward pass hold. */
  worker: { networks: number; shard: number };
  workers: number;
  /** Node, the engine, and what its kernels take for themselves. */
  rest: number;
  total: number;
  /** How the shard's part was found. */
  how: string;
}

/** Up to this size a shard is computed as it is; larger ones are extrapolated from smaller images. */
const measuredSize = 256;
/** Of the network's size. The perceptual network sees images from 224 pixels on as they are. */
const smaller = [1 / 2, 5 / 8];

/**
 * Measured: a process with the engine and no network, and what allocators and scratch buffers of kernels take beside
 * the tensors of a worker, as a part of them.
 */
const besides: Record<EngineName, { process: number; part: number }> = {
  native: { process: 700e6, part: 0.4 },
  webgpu: { process: 700e6, part: 0.4 },
  wasm: { process: 400e6, part: 0.75 },
  cpu: { process: 350e6, part: 0.5 },
};

/**
 * Predict the peak memory of a run by computing some shards of random images in this process: whole ones of one and two
 * images for networks up to 256 pixels, else images of two smaller sizes, as what is held grows with the pixels.
 *
 * @throws SparnetError `engine-unavailable`, `bad-config` when even that does not fit.
 */
export async function predictMemory({
  engine,
  network,
  objective,
  shard,
  workers,
}: {
  engine: EngineName | 'auto';
  network: SparnetConfig;
  objective: Objective;
  shard: number;
  workers: number;
}): Promise<PredictedMemory> {
  const { dispose, name } = await useEngine(engine);
  const before = tf.memory().numBytes;
  const game = await openGame({ network, seed: 0, objective });
  const networks = tf.memory().numBytes - before;
  begin(game);
  const held = (images: number, factor: number): number => peakOf(game, images, factor) - before - networks;
  const { bytes, how } = ofShard(held, network, shard);
  dispose();

  const { generator, discriminator } = game;
  const own = generator.table.total;
  const all = own + (discriminator?.table.total ?? 0);
  const trained = generator.table.parameters + (discriminator?.table.parameters ?? 0);
  const state = all + own + 2 * trained;
  const vectors = 4 * (2 * state + all + 2 * workers * all);
  const rest = besides[name].process + besides[name].part * workers * (networks + bytes);
  return {
    vectors,
    worker: { networks, shard: bytes },
    workers,
    rest,
    total: vectors + workers * (networks + bytes) + rest,
    how,
  };
}

function begin({ generator, discriminator }: OpenGame): void {
  for (const network of [generator, discriminator]) {
    if (!network) continue;
    // Of the order of trained ones, so that numbers stay finite; drawing tens of millions would take a minute.
    const values = new Float32Array(network.table.total).map((_, index) => ((index % 7) - 3) / 100);
    network.load(values);
  }
}

function ofShard(
  held: (images: number, factor: number) => number,
  { outputSize }: SparnetConfig,
  shard: number,
): { bytes: number; how: string } {
  if (outputSize <= measuredSize) {
    const [one, two] = [held(1, 1), held(2, 1)];
    return { bytes: one + (shard - 1) * (two - one), how: 'from shards of 1 and 2 images' };
  }
  const [small, larger] = smaller as [number, number];
  const [first, second] = [held(1, small), held(1, larger)];
  const slope = (second - first) / (larger ** 2 - small ** 2);
  const sizes = smaller.map((factor) => outputSize * factor).join(' and ');
  return { bytes: first + slope * (shard - small ** 2), how: `from images of ${sizes} pixels` };
}

/** The most bytes of tensors that there ever are while a shard is computed. */
function peakOf(game: OpenGame, images: number, factor: number): number {
  const { inputSize, outputSize } = game.generator.model.config;
  const [input, target] = [inputSize, outputSize].map((side) =>
    tf.randomUniform<tf.Rank.R4>([images, side * factor, side * factor, 3], -1, 1),
  ) as [tf.Tensor4D, tf.Tensor4D];
  const memory = watchMemory(createLedger(clocks.wall));
  let peak = 0;
  try {
    const { generator, discriminator, updates } = shardGradients(game, input, target);
    tf.dispose([generator, discriminator, updates.map(({ value }) => value), input, target]);
  } finally {
    peak = memory.end().peak.bytes;
  }
  return peak;
}
