import { scope } from '@sparnet/engine';
import { floatsToImage, imageToFloats, type Image } from '@sparnet/image';
import * as tf from '@tensorflow/tfjs-core';
import { networkInput } from './network-input.ts';
import type { Sparnet } from './sparnet.ts';

/**
 * The high-resolution image of a low-resolution face. Keeps no tensor.
 *
 * @param lr - Grey, RGB or with alpha; resized by bicubic where it has not the LR size of the network, such as 16x16.
 *   The face should fill the square as in the network's training images.
 * @returns RGB, `outputSize` wide and high, the fraction of a grey level dropped as the release does.
 * @throws SparnetError `bad-image` for an invalid image, or when the network's output is not a number.
 */
export async function enhance(model: Sparnet, lr: Image): Promise<Image> {
  const input = networkInput(lr, model.config);
  const output = scope(() =>
    model.forward(tf.tensor4d(imageToFloats(input), [1, input.height, input.width, input.channels])),
  );
  try {
    const [, height, width] = output.shape;
    return floatsToImage((await output.data()) as Float32Array, { width, height });
  } finally {
    output.dispose();
  }
}
