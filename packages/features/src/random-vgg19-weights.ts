import { randomStream } from '@sparnet/core';
import type { StateDict } from '@sparnet/weights';
import { vgg19 } from './architectures/vgg.ts';
import { convolutionsOf } from './check-keys.ts';

/** Channels of the five blocks. */
const trueWidths = [64, 128, 256, 512, 512];
const convolutionsOfBlock = [2, 2, 4, 4, 4];

/**
 * Weights of VGG-19 drawn at random (uniform, with the variance that keeps the features' size through ReLUs), zero biases:
 * for tests of memory and speed. What such a network sees means nothing.
 *
 * @param options.widths - Channels of the five blocks; default: the true ones.
 * @returns A state dict for `featureNetwork('vgg19', ...)`; equal for equal seeds.
 */
export function randomVgg19Weights({
  seed,
  widths = trueWidths,
}: {
  seed: number;
  widths?: readonly number[];
}): StateDict {
  const outputs = convolutionsOfBlock.flatMap((count, block) =>
    Array.from({ length: count }, () => widths[block] as number),
  );
  const state: StateDict = {};
  for (const [index, [name]] of convolutionsOf(vgg19().layers).entries()) {
    const [inputs, width] = [outputs[index - 1] ?? 3, outputs[index] as number];
    const random = randomStream({ seed, purpose: 'random VGG-19', index });
    const bound = Math.sqrt(6 / (9 * inputs));
    const data = new Float32Array(width * inputs * 9);
    for (let place = 0; place < data.length; place++) data[place] = bound * (random.uint32() / 2 ** 31 - 1);
    state[`${name}.weight`] = { dtype: 'F32', shape: [width, inputs, 3, 3], data };
    state[`${name}.bias`] = { dtype: 'F32', shape: [width], data: new Float32Array(width) };
  }
  return state;
}
