import { celebaCrop, celebaTerms } from './celeba.ts';
import { published, type PretrainedModel } from './pretrained-model.ts';

/** Faces of 16 x 16 pixels to 128 x 128 by the paper's network, V16-S4: to be trained further, and compared with. */
export const sparnetV16S4: PretrainedModel = published(
  'sparnet-v16-s4',
  new URL('../weights/sparnet-v16-s4.safetensors', import.meta.url),
  {
    does: "turns a face of 16 x 16 pixels into one of 128 x 128 by the paper's own network",
    crop: celebaCrop,
    terms: celebaTerms,
  },
);
