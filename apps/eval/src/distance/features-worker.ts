// A thread that turns pictures into features, with an engine and a network of its own.
import { isSparnetError } from '@sparnet/core';
import type { EngineName } from '@sparnet/engine';
import { readPicture, type PicturePlace } from '@sparnet/image/node';
import { openFeatureExtractor, type FeatureExtractor } from '@sparnet/metrics/fid';
import { startEngine } from '../measure/start-engine.ts';
import { serveCalls } from '../threads/serve-calls.ts';
import type { FeatureNetwork } from './picture-features.ts';

/** The calls that this thread answers. */
export type FeatureCalls = {
  open: [
    { engine: EngineName | 'auto'; network: FeatureNetwork },
    { engine: EngineName; network: string; dimensions: number },
  ];
  features: [PicturePlace, Float32Array | { skipped: string }];
};

let extractor: FeatureExtractor;

serveCalls({
  async open({ engine, network }: FeatureCalls['open'][0]): Promise<FeatureCalls['open'][1]> {
    const { name } = await startEngine(engine);
    extractor = await openFeatureExtractor({ name: network });
    return { engine: name, network: extractor.network, dimensions: extractor.dimensions };
  },
  async features(place: PicturePlace): Promise<FeatureCalls['features'][1]> {
    const image = await readPicture(place).catch((error: unknown) => {
      if (isSparnetError(error, 'bad-image') || isSparnetError(error, 'bad-file')) return error.message;
      throw error;
    });
    return typeof image === 'string' ? { skipped: image } : extractor.features(image);
  },
});
