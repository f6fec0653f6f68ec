import {
  averageBlur,
  gaussianBlur,
  jpegArtifacts,
  medianBlur,
  motionBlur,
  motionKernel,
  resize,
  type ResizeFilter,
} from '@sparnet/degrade';
import type { Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { psnr } from '@sparnet/metrics';
import type { StateDict } from '@sparnet/weights';
import { join } from 'node:path';
import { absoluteError, type Finding } from './compare.ts';
import { checkPictures, imageOf } from './pictures.ts';
import { pick, type Reference } from './reference.ts';

interface Motion {
  id: string;
  k: number;
  angle: number;
  direction: number;
}

interface Jpeg {
  id: string;
  quality: number;
  subsampling: '444' | '420';
  psnr_rgb_vs_input: number;
}

interface Json {
  cases: {
    gaussian: { id: string; sigma: number; kernel_size: number }[];
    average: { id: string; k: number }[];
    median: { id: string; k: number }[];
    motion: Motion[];
    resize: { id: string; size_wh: [number, number]; mode: keyof typeof filters }[];
    jpeg: Jpeg[];
  };
  tolerances: { jpeg: { psnr_db: number }; 'motion kernels': { abs: number } };
}

/** What a primitive made of the input under every name that the reference has for it. */
interface Made {
  id: string;
  images: Image[];
}

const filters = {
  nearest: 'nearest',
  linear: 'bilinear',
  cubic: 'bicubic',
  area: 'area',
} as const satisfies Record<string, ResizeFilter>;

/** The share of samples that may be a grey level off where the reference is not a matter of integers alone. */
const share = 0.01;

/** What a decoder may lose against the one of the reference, in dB. */
const decoded = { '444': 45, '420': 40 };

/** The primitives of the degradation model on one image: blurs, OpenCV's resizing, JPEG. */
export async function checkDegrade(reference: Reference): Promise<Finding[]> {
  const { cases, tolerances } = reference.json as unknown as Json;
  const images = await reference.read('images');
  const input = imageOf(pick(images, 'input'));
  const nearest = cases.resize.filter(({ mode }) => mode === 'nearest');
  const smooth = cases.resize.filter(({ mode }) => mode !== 'nearest');
  const resized = ({ id, mode, size_wh: [width, height] }: Json['cases']['resize'][number]): Made => ({
    id,
    images: [resize(input, { width, height, filter: filters[mode], rule: 'opencv' })],
  });
  const gaussian = cases.gaussian.map(({ id, sigma, kernel_size: size }) => ({
    id,
    images: [gaussianBlur(input, { sigma }), gaussianBlur(input, { sigma, size })],
  }));
  const average = cases.average.map(({ id, k }) => ({ id, images: [averageBlur(input, { size: k })] }));
  const median = cases.median.map(({ id, k }) => ({
    id,
    images: [k, k - 1].map((size) => medianBlur(input, { size })), // an even size means the next odd one
  }));
  const motion = cases.motion.map(({ id, k, angle, direction }) => ({
    id,
    images: [motionBlur(input, { size: k, angle, direction })],
  }));
  return [
    ...(await checkPictures(reference.folder, images)),
    { name: 'gaussian', error: shareApart(gaussian, images), tolerance: share },
    { name: 'average', error: shareApart(average, images), tolerance: share },
    { name: 'median', error: shareApart(median, images), tolerance: 0 },
    { name: 'motion', error: shareApart(motion, images), tolerance: share },
    { name: 'resize nearest', error: shareApart(nearest.map(resized), images), tolerance: 0 },
    { name: 'resize smooth', error: shareApart(smooth.map(resized), images), tolerance: share },
    {
      name: 'motion kernels',
      error: kernelError(cases.motion, await reference.read('motion-kernels')),
      tolerance: tolerances['motion kernels'].abs,
    },
    { name: 'jpeg dB', error: jpegError(cases.jpeg, input), tolerance: tolerances.jpeg.psnr_db },
    { name: 'jpeg files', error: await decodingLoss(cases.jpeg, images, reference.folder), tolerance: 0 },
  ];
}

/** The largest share of samples that differ in an image; infinite where one does by more than a level. */
function shareApart(made: Made[], references: StateDict): number {
  const shares = made.flatMap(({ id, images }) => {
    const wanted = imageOf(pick(references, id));
    return images.map((image) => {
      const sameShape = image.width === wanted.width && image.height === wanted.height;
      if (!sameShape || absoluteError(image.data, wanted.data) > 1) return Infinity;
      return image.data.filter((level, i) => level !== wanted.data[i]).length / image.data.length;
    });
  });
  return Math.max(...shares);
}

function kernelError(cases: Motion[], references: StateDict): number {
  const errors = cases.map(({ id, k, angle, direction }) => {
    const { shape, data } = pick(references, id);
    const { size, weights } = motionKernel({ size: k, angle, direction });
    return shape[0] === size ? absoluteError(weights, data as Float64Array) : Infinity;
  });
  return Math.max(...errors);
}

/** By how much the damage done to the input differs from that of the reference. */
function jpegError(cases: Jpeg[], input: Image): number {
  const errors = cases.map(({ quality, subsampling, psnr_rgb_vs_input: wanted }) => {
    const image = jpegArtifacts(input, { quality, subsampling: subsampling === '444' ? '4:4:4' : '4:2:0' });
    return absoluteError([psnr(input, image, { protocol: 'rgb' })], [wanted]);
  });
  return Math.max(...errors);
}

/** How many dB the decoded files fall short of what any decoder reaches. */
async function decodingLoss(cases: Jpeg[], references: StateDict, folder: string): Promise<number> {
  const losses = cases.map(async ({ id, subsampling }) => {
    const image = await decodeImage(join(folder, 'jpeg', `${id}.jpg`));
    const score = psnr(image, imageOf(pick(references, `jpeg-${id}`)), { protocol: 'rgb' });
    return Math.max(0, decoded[subsampling] - score);
  });
  return Math.max(...(await Promise.all(losses)));
}
