import type { Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import type { StateDict, TensorData } from '@sparnet/weights';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { largestError, type Finding } from './compare.ts';
import { pick } from './reference.ts';

/** A U8 tensor [H,W] or [H,W,C] as an image. */
export function imageOf({ shape, data }: TensorData): Image {
  const [height = 0, width = 0, channels = 1] = shape;
  return { width, height, channels: channels as Image['channels'], data: data as Uint8Array };
}

/** The pictures of the folder, decoded: the same pixels as the tensors of their names. */
export async function checkPictures(folder: string, tensors: StateDict): Promise<Finding[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.png'));
  return Promise.all(
    names.map(async (name) => {
      const tensor = pick(tensors, name.replace(/\.png$/, ''));
      const { data } = await decodeImage(join(folder, name));
      return { name, error: largestError({ picture: data }, { picture: tensor }), tolerance: 0 };
    }),
  );
}
