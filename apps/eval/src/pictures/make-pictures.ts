import { SparnetError, isSparnetError } from '@sparnet/core';
import { applyAtOwnSize, sample, type Recipe } from '@sparnet/degrade';
import { resize, type Image } from '@sparnet/image';
import { readPicture } from '@sparnet/image/node';
import { faceSquare } from './face-square.ts';
import type { PicturePair } from './picture-pairs.ts';

/** What is made of a photograph before a method sees it. */
export interface PictureSettings {
  /** HR pictures of another size are brought to a square of this side; left out, they are taken as they are. */
  size?: number | undefined;
  /** HR pictures are reduced by this, with Pillow's bicubic, unless LR pictures are given or a recipe degrades. */
  scale: number;
  degrade?: { recipe: Recipe; seed: number } | undefined;
}

/** What a method starts from; all RGB. */
export interface LowPictures {
  hr: Image;
  lr: Image;
  /** `lr` enlarged to the size of `hr`. */
  input: Image;
}

/** Makes the picture to be measured, in the size of `hr`. */
export type Method = (pictures: LowPictures) => Image | Promise<Image>;

/** The pictures that are compared. */
export interface ComparedPictures extends LowPictures {
  sr: Image;
  /** The HR picture had another size. */
  fitted: boolean;
}

/**
 * Reads or makes all pictures of one name. An SR picture that was made elsewhere takes the place of `method`.
 *
 * @throws SparnetError `bad-image`, `bad-file`, `missing-file` for what is the fault of this one's files, which may be
 *   skipped; anything else, and errors of the method, under other codes.
 */
export async function makePictures(
  pair: PicturePair,
  settings: PictureSettings,
  method: Method,
): Promise<ComparedPictures> {
  const { size } = settings;
  const file = await readPicture(pair.hr);
  const fitted = size !== undefined && (file.width !== size || file.height !== size);
  const photo = fitted ? faceSquare(file, size) : file;
  const low = pair.lr
    ? given(photo, await readPicture(pair.lr))
    : settings.degrade
      ? degraded(photo, settings.degrade, pair.index)
      : reduced(photo, settings.scale, pair.sr !== undefined);
  const sr = pair.sr ? await readPicture(pair.sr) : await computed(method, low, pair.name);
  if (sr.width !== low.hr.width || sr.height !== low.hr.height) {
    throw new SparnetError(
      'bad-image',
      `the SR picture has ${shape(sr)} pixels, the HR picture ${shape(low.hr)}; --size N brings HR pictures to N x N`,
    );
  }
  return { ...low, sr, fitted };
}

function given(hr: Image, lr: Image): LowPictures {
  if (lr.width * hr.height !== lr.height * hr.width) {
    const sizes = `${shape(lr)} pixels for ${shape(hr)}`;
    throw new SparnetError('bad-image', `the LR picture has other proportions than the HR picture: ${sizes}`);
  }
  return { hr, lr, input: enlarged(lr, hr) };
}

/** In the size of `photo`, whatever size the recipe is stated for. */
function degraded(
  photo: Image,
  { recipe, seed }: { recipe: Recipe; seed: number },
  index: number,
): LowPictures {
  const { hr, lr, lrUp } = applyAtOwnSize(photo, sample(recipe, seed, index));
  return { hr, lr, input: lrUp };
}

/** @param isShownOnly - Nothing is computed from the LR picture, so that its size may be rounded. */
function reduced(hr: Image, scale: number, isShownOnly: boolean): LowPictures {
  const [width, height] = [hr.width / scale, hr.height / scale].map((side) =>
    isShownOnly ? Math.max(1, Math.round(side)) : side,
  ) as [number, number];
  if (!Number.isInteger(width) || !Number.isInteger(height)) {
    throw new SparnetError(
      'bad-image',
      `${shape(hr)} pixels can't be reduced by ${scale} evenly; --size N brings HR pictures to N x N`,
    );
  }
  const lr = resize(hr, { width, height });
  return { hr, lr, input: enlarged(lr, hr) };
}

function enlarged(lr: Image, { width, height }: Image): Image {
  return resize(lr, { width, height });
}

/** A method that fails is not the fault of the picture's files. */
async function computed(method: Method, low: LowPictures, name: string): Promise<Image> {
  try {
    return await method(low);
  } catch (error) {
    if (!isSparnetError(error, 'bad-image')) throw error;
    throw new SparnetError('bad-state', `${name}: ${error.message}`, { cause: error });
  }
}

function shape({ width, height }: Image): string {
  return `${width} x ${height}`;
}
