import { scope, useEngine } from '@sparnet/engine';
import { imageToFloats, type Image } from '@sparnet/image';
import { openPictures, placeOf, readPicture } from '@sparnet/image/node';
import { psnr } from '@sparnet/metrics';
import { enhance, loadModel, networkInput, type Sparnet } from '@sparnet/models';
import { sparnetX8 } from '@sparnet/pretrained/sparnet-x8';
import * as tf from '@tensorflow/tfjs-core';
import { makeValidationSample, type ValidationPair } from '../data/sample.ts';
import { attentionMap, type AttentionMap } from '../run/heat-map.ts';
import { attentionCell, captionedRows, pixelsOf, type Cell } from '../run/preview.ts';
import { protocol } from '../validate.ts';

/** What the demo shows at its end. */
export interface DemoResult {
  /** A row a face: LR, bicubic, what was taught, the published model, the original, where the latter looks. */
  picture: Image;
  /** Mean PSNR over the faces, in dB. */
  psnr: { bicubic: number; taught: number; published: number };
}

/**
 * Shows faces as the model that the demo has taught makes them, beside the published one. Computes on WebAssembly.
 *
 * @param options - `model`: the taught model's file; `faces`: a folder of face squares.
 * @throws SparnetError what `loadModel` and `openPictures` throw.
 */
export async function demoResult({ model, faces }: { model: string; faces: string }): Promise<DemoResult> {
  const { dispose } = await useEngine('wasm');
  try {
    const [taught, published] = [await loadModel(model), await loadModel(sparnetX8)];
    const { outputSize, inputSize, scale } = published.config;
    const set = await openPictures([faces]);
    const rows: Cell[][] = [];
    const sums = { bicubic: 0, taught: 0, published: 0 };
    for (let index = 0; index < set.names.length; index++) {
      const photo = await readPicture(placeOf(set, index));
      const pair = makeValidationSample(photo, { outputSize, inputSize, scale });
      const made = {
        bicubic: pair.lrUp,
        taught: await enhance(taught, pair.lr),
        published: await enhance(published, pair.lr),
      };
      for (const way of ['bicubic', 'taught', 'published'] as const)
        sums[way] += psnr(made[way], pair.hr, { protocol }) / set.names.length;
      rows.push(rowOf(pair, made, lastAttention(published, pair.lr)));
    }
    return { picture: captionedRows(rows), psnr: sums };
  } finally {
    dispose();
  }
}

function rowOf(
  { lr, hr }: ValidationPair,
  made: Record<'bicubic' | 'taught' | 'published', Image>,
  attention: AttentionMap,
): Cell[] {
  return [
    pixelsOf(lr, hr),
    { caption: 'bicubic', image: made.bicubic },
    { caption: 'taught here', image: made.taught },
    { caption: sparnetX8.name, image: made.published },
    { caption: 'HR', image: hr },
    attentionCell(attention, hr),
  ];
}

/** Where the last block of a model looks. */
function lastAttention(model: Sparnet, lr: Image): AttentionMap {
  const input = networkInput(lr, model.config);
  const maps: AttentionMap[] = [];
  scope(() =>
    model.forward(tf.tensor4d(imageToFloats(input), [1, input.height, input.width, 3]), {
      attention: (name, map) => maps.push(attentionMap(name, map)),
    }),
  ).dispose();
  return maps.at(-1) as AttentionMap;
}
