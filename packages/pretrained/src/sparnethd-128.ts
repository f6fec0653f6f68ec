import { published, type PretrainedModel } from './pretrained-model.ts';

/** Blurred, noisy, compressed faces of any size to 128 x 128 pixels. */
export const sparnethd128: PretrainedModel = published(
  'sparnethd-128',
  new URL('../weights/sparnethd-128.safetensors', import.meta.url),
  {
    does: 'restores a blurred, noisy or compressed face of any size at 128 x 128 pixels',
    crop: 'aligned as in CelebA-HQ and FFHQ: hair, chin and some background around an upright face',
    terms: 'trained on CelebA-HQ, whose photographs are for non-commercial research only',
  },
);
