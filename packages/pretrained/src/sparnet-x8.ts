import { published, type PretrainedModel } from './pretrained-model.ts';

/** Faces of 16 x 16 pixels to 128 x 128. */
export const sparnetX8: PretrainedModel = published(
  'sparnet-x8',
  new URL('../weights/sparnet-x8.safetensors', import.meta.url),
  {
    does: 'turns a face of 16 x 16 pixels into one of 128 x 128',
    crop: "a square about an upright face, its side 1.25 times the height of the face; from forehead to chin, as a face detector's box",
    terms: 'trained on CelebA, whose photographs are for non-commercial research only',
  },
);
