import { celebaCrop, celebaTerms } from './celeba.ts';
import { published, type PretrainedModel } from './pretrained-model.ts';

/** Faces of 32 x 32 pixels to 128 x 128. */
export const sparnetX4: PretrainedModel = published(
  'sparnet-x4',
  new URL('../weights/sparnet-x4.safetensors', import.meta.url),
  {
    does: 'turns a face of 32 x 32 pixels into one of 128 x 128',
    crop: celebaCrop,
    terms: celebaTerms,
  },
);
