import { randomStream } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import { createSparnet, modelBytes, type SparnetConfig } from '@sparnet/models';
import { formatSafetensors, type TensorData } from '@sparnet/weights';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that all contenders start from. */
export interface StartFiles {
  /** A model with random weights. */
  model: string;
  /** `input` and `target`, U8 [N,H,W,3]. */
  batch: string;
}

/** Write the same random weights and the same `images` random images for every contender into a new folder. */
export async function writeStartFiles(
  folder: string,
  { config, images }: { config: SparnetConfig; images: number },
): Promise<StartFiles> {
  await mkdir(folder, { recursive: true });
  const [model, batch] = [join(folder, 'model.safetensors'), join(folder, 'batch.safetensors')];
  const engine = await useEngine('wasm');
  const network = createSparnet(config, { seed: 1 });
  await writeFile(model, await modelBytes(network));
  network.dispose();
  engine.dispose();
  const { inputSize, outputSize } = config;
  await writeFile(
    batch,
    formatSafetensors({
      input: noise('input', images, inputSize),
      target: noise('target', images, outputSize),
    }),
  );
  return { model, batch };
}

function noise(purpose: string, images: number, side: number): TensorData {
  const random = randomStream({ seed: 1, purpose });
  const data = Uint8Array.from({ length: images * side * side * 3 }, () => random.uint32() >>> 24);
  return { dtype: 'U8', shape: [images, side, side, 3], data };
}
