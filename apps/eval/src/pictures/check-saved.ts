import { join } from 'node:path';
import { checkPictures } from '../run/check-pictures.ts';
import type { PicturePairs } from './picture-pairs.ts';

/**
 * {@link checkPictures} for the SR pictures of an evaluation, which are saved as PNG under the pictures' names.
 *
 * @param save - The folder for them.
 * @param options.chosen - The places of the pictures that are measured, among all.
 * @throws SparnetError as `checkPictures`.
 */
export async function checkSaved(
  save: string,
  { pairs, chosen, overwrite }: { pairs: PicturePairs; chosen: readonly number[]; overwrite: boolean },
): Promise<void> {
  const all = Array.from({ length: pairs.count }, (_, index) => pairs.at(index));
  await checkPictures({
    flag: '--save',
    out: save,
    results: chosen.map((index) => {
      const { name } = pairs.at(index);
      return { name, file: join(save, `${name}.png`) };
    }),
    read: all.flatMap(({ hr, lr }) => (lr ? [hr.path, lr.path] : [hr.path])),
    overwrite,
  });
}
