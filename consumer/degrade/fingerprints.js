import { apply, presets, sample } from '@sparnet/degrade';
import { digest } from './digest.js';

/** SHA-256 of the photo and of what every preset makes of it with two seeds: the same in Node and in the browser. */
export async function fingerprints(photo) {
  const found = [['photo', await digest(photo)]];
  for (const [name, preset] of Object.entries(presets)) {
    for (const seed of [1, 42]) {
      const { lr, lrUp } = apply(photo, sample(preset, seed));
      found.push([`${name} ${seed} lr`, await digest(lr)], [`${name} ${seed} lr-up`, await digest(lrUp)]);
    }
  }
  return Object.fromEntries(found);
}
