import { celebaCrop, celebaTerms } from './celeba.ts';
import { published, type PretrainedModel } from './pretrained-model.ts';

/** Faces of 8 x 8 pixels to 128 x 128. */
export const sparnetX16: PretrainedModel = published(
  'sparnet-x16',
  new URL('../weights/sparnet-x16.safetensors', import.meta.url),
  {
    does: 'turns a face of 8 x 8 pixels into one of 128 x 128',
    crop: celebaCrop,
    terms: celebaTerms,
  },
);
