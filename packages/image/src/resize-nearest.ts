import { imageBytes } from './image-bytes.ts';
import { createImage, type Image } from './image.ts';

/** Every output pixel is the input pixel under its centre. */
export function resizeNearest(image: Image, width: number, height: number): Image {
  const { channels } = image;
  const source = imageBytes(image);
  const columns = pickedPositions(image.width, width);
  const rows = pickedPositions(image.height, height);
  const result = createImage({ width, height, channels });
  const { data } = result;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = rows[y]! * image.width;
    for (let x = 0; x < width; x++) {
      const from = (row + columns[x]!) * channels;
      for (let c = 0; c < channels; c++) data[to++] = source[from + c]!;
    }
  }
  return result;
}

/** Pillow adds the step again and again; a product would pick another pixel where a centre falls on an edge. */
function pickedPositions(inputSize: number, outputSize: number): Int32Array {
  const positions = new Int32Array(outputSize);
  const step = inputSize / outputSize;
  let position = step * 0.5;
  for (let i = 0; i < outputSize; i++) {
    positions[i] = position;
    position += step;
  }
  return positions;
}
