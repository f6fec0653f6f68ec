import { imageBytes } from './image-bytes.ts';
import { checkImage, createImage, type Image } from './image.ts';

/**
 * The mirror image, left and right exchanged.
 *
 * @throws SparnetError `bad-image` for an invalid image.
 */
export function flipHorizontal(image: Image): Image {
  const { width, height, channels } = checkImage(image);
  const source = imageBytes(image);
  const result = createImage({ width, height, channels });
  const { data } = result;
  let from = 0;
  for (let y = 0; y < height; y++) {
    for (let x = width - 1; x >= 0; x--) {
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) data[to + c] = source[from++]!;
    }
  }
  return result;
}
