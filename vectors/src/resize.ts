import { floatsToImage, imageToFloats, resize, type ResizeFilter } from '@sparnet/image';
import { resample, sweep, meanSquaredError } from '@sparnet/engine';
import { toFloat32, type StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { absoluteError, largestError, type Finding, type Values } from './compare.ts';
import { channelsFirst, tensorOf } from './tensors.ts';
import { pick, type Reference } from './reference.ts';
import { checkPictures, imageOf } from './pictures.ts';

interface Json {
  config: {
    cases: {
      id: string;
      mode: 'nearest' | 'bilinear' | 'bicubic';
      size?: [number, number];
      scale_factor?: number;
    }[];
  };
  pillow: { cases: { id: string; src: string; size_wh: [number, number]; filter: ResizeFilter }[] };
  tolerances: { 'torch-interpolate': { tol: number } };
  convert: { tolerance: { normalised: { abs: number } } };
}

/** Pillow's 8-bit resizing and the 8-bit conversions, which no engine takes part in. */
export async function checkImageResize(reference: Reference): Promise<Finding[]> {
  const { pillow, convert } = reference.json as unknown as Json;
  const inputs = await reference.read('pillow-inputs');
  const outputs = await reference.read('pillow-outputs');
  const found: Record<string, Values> = {};
  for (const { id, src, size_wh, filter } of pillow.cases) {
    const [width, height] = size_wh;
    const image = imageOf(inputs[src] ?? pick(outputs, src));
    found[id] = resize(image, { width, height, filter }).data;
  }
  return [
    { name: 'pillow', error: largestError(found, outputs), tolerance: 0 },
    ...(await checkConversion(await reference.read('convert'), convert.tolerance.normalised.abs)),
    ...(await checkPictures(reference.folder, inputs)),
  ];
}

async function checkConversion(state: StateDict, tolerance: number): Promise<Finding[]> {
  const image = imageOf(pick(state, 'u8'));
  const normalised = imageToFloats(image);
  const expected = toFloat32(pick(state, 'normalised'));
  const planes = channelsFirst(normalised, [1, image.height, image.width, 3]);
  const [, height = 0, width = 0] = pick(state, 'float').shape;
  const floats = channelsLastOf(toFloat32(pick(state, 'float')), height, width);
  const back = {
    float_to_u8: floatsToImage(floats, { width, height }).data,
    normalised_to_u8: floatsToImage(normalised, { width: image.width, height: image.height }).data,
  };
  const u8 = { float_to_u8: pick(state, 'float_to_u8'), normalised_to_u8: pick(state, 'normalised_to_u8') };
  return [
    { name: 'convert normalised', error: absoluteError(planes, expected), tolerance },
    { name: 'convert to 8 bit', error: largestError(back, u8), tolerance: 0 },
  ];
}

/** torch's `interpolate` and its gradient. */
export async function checkInterpolate(reference: Reference): Promise<Finding[]> {
  const { config, tolerances } = reference.json as unknown as Json;
  const state = await reference.read('torch-interpolate');
  const found: Record<string, Values> = {};
  for (const { id, mode, size, scale_factor: scaleFactor } of config.cases) {
    const x = tensorOf(pick(state, `${id}/input`));
    const weights = tensorOf(pick(state, `${id}/r`));
    const place = size ? { mode, size } : { mode, scaleFactor: scaleFactor as number };
    const output = resample(x, place);
    const { loss, gradients } = sweep(() => {
      const y = resample(x, place);
      return meanSquaredError(y, tf.sub<tf.Tensor4D>(y, tf.mul(weights, y.size / 2)));
    }, [x]);
    found[`${id}/output`] = channelsFirst(output.dataSync(), output.shape);
    found[`${id}/grad_input`] = channelsFirst((gradients[0] as tf.Tensor).dataSync(), x.shape);
    tf.dispose([x, weights, output, loss, gradients]);
  }
  const computed = Object.fromEntries(Object.entries(state).filter(([name]) => !/\/(input|r)$/.test(name)));
  return [
    {
      name: 'torch-interpolate',
      error: largestError(found, computed),
      tolerance: tolerances['torch-interpolate'].tol,
    },
  ];
}

function channelsLastOf(planes: Float32Array, height: number, width: number): Float32Array {
  const count = height * width;
  return Float32Array.from(
    { length: planes.length },
    (_, i) => planes[(i % 3) * count + Math.floor(i / 3)] as number,
  );
}
