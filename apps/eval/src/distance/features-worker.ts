// A thread that turns pictures into features, with an engine and a network of its own.
import { isSparnetError } from '@sparnet/core';
import type { EngineName } from '@sparnet/engine';
import { readPicture, type PicturePlace } from '@sparnet/image/node';
import { openFeatureExtractor, type FeatureExtractor } from '@sparnet/metrics/fid';
import { faceSquare } from '../pictures/face-square.ts';
import { startEngine } from '../measure/start-engine.ts';
import { serveCalls } from '../threads/serve-calls.ts';
import type { FeatureNetwork } from './picture-features.ts';

/** The calls that this thread answers. */
export type FeatureCalls = {
  open: [
    { engine: EngineName | 'auto'; network: FeatureNetwork },
    { engine: EngineName; network: string; dimensions: number },
  ];
  features: [
    { place: PicturePlace; size: number | undefined },
    { features: Float32Array; width: number; height: number } | { skipped: string },
  ];
};

let extractor: FeatureExtractor;

serveCalls({
  async open({ engine, network }: FeatureCalls['open'][0]): Promise<FeatureCalls['open'][1]> {
    const { name } = await startEngine(engine);
    extractor = await openFeatureExtractor({ name: network });
    return { engine: name, network: extractor.network, dimensions: extractor.dimensions };
  },
  async features({ place, size }: FeatureCalls['features'][0]): Promise<FeatureCalls['features'][1]> {
    const file = await readPicture(place).catch((error: unknown) => {
      if (isSparnetError(error, 'bad-image') || isSparnetError(error, 'bad-file')) return error.message;
      throw error;
    });
    if (typeof file === 'string') return { skipped: file };
    const image = size === undefined || isOf(size, file) ? file : faceSquare(file, size);
    const { width, height } = image;
    return { features: await extractor.features(image), width, height };
  },
});

function isOf(size: number, { width, height }: { width: number; height: number }): boolean {
  return width === size && height === size;
}
