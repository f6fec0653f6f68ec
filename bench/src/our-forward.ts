// A contender: computes the network's output when told; see contender.ts. Its argument is ForwardOptions as JSON.
import { scope, useEngine, type EngineName } from '@sparnet/engine';
import { imageToFloats } from '@sparnet/image';
import { loadModel } from '@sparnet/models';
import { isSparnetError } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { readFile, writeFile } from 'node:fs/promises';
import type { Turn, Usage, WarmUp } from './answers.ts';
import { readBatch } from './batch-file.ts';
import { serve, serveAbsent } from './serve.ts';

/** What the program is started with. */
export interface ForwardOptions {
  engine: EngineName;
  /** Files: see `StartFiles`. */
  model: string;
  batch: string;
  /** The images of the file that count, and how many they are made by repetition. */
  unit: number;
  images: number;
  /** Where the output of the first `unit` images goes: float32, [unit,H,W,3]. */
  output: string;
}

const options = JSON.parse(process.argv[2] as string) as ForwardOptions;

async function compete(): Promise<void> {
  const { unit, images, output } = options;
  tf.enableProdMode();
  const engine = await useEngine(options.engine);
  const model = await loadModel(await readFile(options.model));
  model.foldNorms();
  const batch = await readBatch(options.batch, { unit, count: images });
  const side = model.config.inputSize;
  const column = { width: side, height: images * side, channels: 3, data: batch.input } as const;
  const input = tf.tensor4d(imageToFloats(column), [images, side, side, 3]);

  async function forward(): Promise<Float32Array> {
    const result = scope(() => model.forward(input));
    const values = (await result.data()) as Float32Array;
    result.dispose();
    return values;
  }

  async function warmUp(): Promise<WarmUp> {
    const values = await forward();
    await writeFile(output, new Uint8Array(values.slice(0, (values.length / images) * unit).buffer));
    return {};
  }

  async function turn(): Promise<Turn> {
    const start = performance.now();
    await forward();
    return { seconds: (performance.now() - start) / 1000 };
  }

  function usage(): Usage {
    const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
    const peakRss = process.resourceUsage().maxRSS * 1024;
    return wasm ? { peakRss, heaps: [wasm.HEAPU8.length] } : { peakRss };
  }

  await serve(`${engine.name}: ${engine.why}`, { 'warm-up': warmUp, turn, usage });
}

try {
  await compete();
} catch (error) {
  if (!isSparnetError(error, 'engine-unavailable')) throw error;
  serveAbsent(error.message);
}
