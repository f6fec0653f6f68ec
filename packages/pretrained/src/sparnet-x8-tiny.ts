import { celebaCrop, celebaTerms } from './celeba.ts';
import { published, type PretrainedModel } from './pretrained-model.ts';

/** Faces of 16 x 16 pixels to 128 x 128, small and fast: for pages. */
export const sparnetX8Tiny: PretrainedModel = published(
  'sparnet-x8-tiny',
  new URL('../weights/sparnet-x8-tiny.safetensors', import.meta.url),
  {
    does: 'turns a face of 16 x 16 pixels into one of 128 x 128, small and fast',
    crop: celebaCrop,
    terms: celebaTerms,
  },
);
