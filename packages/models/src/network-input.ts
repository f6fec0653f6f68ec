import { resize, toRgb, type Image } from '@sparnet/image';
import type { SparnetConfig } from './config.ts';

/**
 * What a network takes, made from the LR image: RGB, resized to the LR size if it has another (Pillow's bicubic), then
 * enlarged to the size of the input, by bicubic too, unless the configuration takes the LR image itself.
 *
 * @param lr - Grey, RGB or with alpha, of any size; a face crop as the network was trained on.
 * @returns RGB, `inputSize` wide and high.
 * @throws SparnetError `bad-image` for an invalid image.
 */
export function networkInput(lr: Image, { scale, inputSize, outputSize }: SparnetConfig): Image {
  return sized(sized(toRgb(lr), outputSize / scale), inputSize);
}

function sized(image: Image, side: number): Image {
  if (image.width === side && image.height === side) return image;
  return resize(image, { width: side, height: side, filter: 'bicubic' });
}
