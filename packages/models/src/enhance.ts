import { checkOneOf } from '@sparnet/core';
import { scope } from '@sparnet/engine';
import { flipHorizontal, floatsToImage, imageToFloats, type Image } from '@sparnet/image';
import * as tf from '@tensorflow/tfjs-core';
import { networkInput } from './network-input.ts';
import type { Sparnet } from './sparnet.ts';

const rgb = 3;

/** What an output is the mean of: `none`, the one output; `flip`, that of the image and, flipped back, of its mirror image. */
export const ensembles = ['none', 'flip'] as const;

export type Ensemble = (typeof ensembles)[number];

/**
 * The high-resolution image of a low-resolution face. Keeps no tensor.
 *
 * @param lr - Grey, RGB or with alpha; resized by bicubic where it has not the LR size of the network, such as 16x16.
 *   The face should fill the square as in the network's training images.
 * @param options.ensemble - `flip` takes twice the time and is a little nearer to the truth.
 * @returns RGB, `outputSize` wide and high, the fraction of a grey level dropped as the release does.
 * @throws SparnetError `bad-image` for an invalid image, or when the network's output is not a number;
 *   `bad-argument` for an unknown ensemble.
 */
export async function enhance(
  model: Sparnet,
  lr: Image,
  { ensemble = 'none' }: { ensemble?: Ensemble } = {},
): Promise<Image> {
  checkOneOf('ensemble', ensemble, ensembles);
  const input = networkInput(lr, model.config);
  const output = await outputOf(model, input);
  if (ensemble === 'flip') averageWithMirrored(output, await outputOf(model, flipHorizontal(input)));
  return floatsToImage(output.values, output);
}

/** An output [height,width,3], RGB in [-1, 1]. */
interface Output {
  values: Float32Array;
  width: number;
  height: number;
}

async function outputOf(model: Sparnet, input: Image): Promise<Output> {
  const { width, height, channels } = input;
  const output = scope(() => model.forward(tf.tensor4d(imageToFloats(input), [1, height, width, channels])));
  try {
    return {
      values: (await output.data()) as Float32Array,
      width: output.shape[2],
      height: output.shape[1],
    };
  } finally {
    output.dispose();
  }
}

/** The mean of an output and one whose left is its right, into the former. */
function averageWithMirrored({ values, width }: Output, mirrored: Output): void {
  for (let at = 0; at < values.length; at++) {
    const pixel = Math.floor(at / rgb);
    const column = pixel % width;
    const opposite = (pixel - column + width - 1 - column) * rgb + (at % rgb);
    values[at] = ((values[at] as number) + (mirrored.values[opposite] as number)) / 2;
  }
}
