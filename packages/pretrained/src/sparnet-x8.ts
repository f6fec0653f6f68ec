import { celebaCrop, celebaTerms } from './celeba.ts';
import { published, type PretrainedModel } from './pretrained-model.ts';

/** Faces of 16 x 16 pixels to 128 x 128. */
export const sparnetX8: PretrainedModel = published(
  'sparnet-x8',
  new URL('../weights/sparnet-x8.safetensors', import.meta.url),
  {
    does: 'turns a face of 16 x 16 pixels into one of 128 x 128',
    crop: celebaCrop,
    terms: celebaTerms,
  },
);
