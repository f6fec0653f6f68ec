import { SparnetError, checkInteger, checkOneOf } from '@sparnet/core';
import { checkImage, createImage, type Image } from '@sparnet/image';
import { halveSides, halveWidth } from './chroma-subsampling.ts';
import { rgbToYcbcr, ycbcrToRgb } from './colour-conversion.ts';
import { compressBlocks } from './compress-blocks.ts';
import { doubleSides, doubleWidth } from './fancy-upsampling.ts';
import { createPlane, replicateDown, replicateRight, type Plane } from './plane.ts';
import { quantisationTables } from './quantisation-tables.ts';

const subsamplings = ['4:4:4', '4:2:2', '4:2:0'] as const;

/** How much of the colour is kept: all of it, half its width, or half its width and height. */
export type Subsampling = (typeof subsamplings)[number];

/**
 * What JPEG compression makes of a picture: the pixels that libjpeg-turbo decodes (accurate integer DCT, triangle filter
 * for the colour, as by default) from the baseline file it encodes with the standard tables, to the last bit. Integer
 * arithmetic only, so every machine gives the same pixels; nothing is encoded.
 *
 * @param image - Grey or RGB, any size. A grey image is compressed as one component and stays grey.
 * @param options.quality - Integer from 1 (worst) to 100, as of libjpeg and Pillow.
 * @param options.subsampling - Of the colour; grey images have none. Encoders default to 4:2:0.
 * @returns A new image of the same size and channels.
 * @throws SparnetError `bad-image` for an invalid image or one with alpha, which JPEG lacks; `bad-argument` for another
 *   quality or subsampling.
 */
export function jpegArtifacts(
  image: Image,
  { quality, subsampling = '4:2:0' }: { quality: number; subsampling?: Subsampling },
): Image {
  const { channels } = checkImage(image);
  checkInteger('quality', quality, 1, 100);
  checkOneOf('subsampling', subsampling, subsamplings);
  if (channels === 4) {
    throw new SparnetError(
      'bad-image',
      'expected 1 or 3 channels for image, got 4: JPEG has no alpha; flatten it with toRgb of @sparnet/image first',
    );
  }
  const { luma, chroma } = quantisationTables(quality);
  if (channels === 1) {
    const plane = toPlane(image);
    compressPlane(plane, luma);
    return fromPlane(plane);
  }
  const planes = rgbToYcbcr(image);
  compressPlane(planes[0], luma);
  compressChroma(planes[1], chroma, subsampling);
  compressChroma(planes[2], chroma, subsampling);
  return ycbcrToRgb(planes);
}

function compressPlane(plane: Plane, steps: Int32Array): void {
  replicateRight(plane);
  replicateDown(plane);
  compressBlocks(plane, steps);
}

function compressChroma(plane: Plane, steps: Int32Array, subsampling: Subsampling): void {
  if (subsampling === '4:4:4') {
    compressPlane(plane, steps);
    return;
  }
  const [halve, double] =
    subsampling === '4:2:2' ? ([halveWidth, doubleWidth] as const) : ([halveSides, doubleSides] as const);
  replicateRight(plane);
  replicateDown(plane);
  const halved = halve(plane);
  // Right of the samples it is filled already, from the padding of the whole plane, as the encoder does.
  replicateDown(halved);
  compressBlocks(halved, steps);
  double(halved, plane);
}

function toPlane({ width, height, data }: Image): Plane {
  const plane = createPlane(width, height);
  for (let y = 0; y < height; y++)
    plane.data.set(data.subarray(y * width, (y + 1) * width), y * plane.stride);
  return plane;
}

function fromPlane({ width, height, stride, data }: Plane): Image {
  const image = createImage({ width, height, channels: 1 });
  for (let y = 0; y < height; y++) image.data.set(data.subarray(y * stride, y * stride + width), y * width);
  return image;
}
