import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { makeFolder } from '@sparnet/core/node';
import { crop, resize, type Image } from '@sparnet/image';
import { decodeImage, writeImage } from '@sparnet/image/node';
import type { Box } from '../data/boxes.ts';
import type { Square } from '@sparnet/image';
import { faceSquare } from './face-square.ts';
import { findFaces } from './find-faces.ts';

/** The demo's data set. */
export interface DemoFaces {
  /** Training faces with a margin, for `openDataset([trainDir], { boxes })`. */
  trainDir: string;
  /** Validation faces, cut to their squares. */
  valDir: string;
  /** The face squares in the pictures of both folders. */
  boxes: string;
}

/**
 * Photograph 6 is kept for validation: its four faces are clear and frontal, and nobody in it is in another photograph
 * (the others share rooms and perhaps people).
 */
const photographs = [1, 2, 3, 4, 5, 6].map((number) => ({
  name: `sample${number}`,
  use: number === 6 ? ('validation' as const) : ('train' as const),
}));

/** Side of the stored face squares in pixels: half again a training picture's, so that rescaling stays sharp. */
const storedSide = 192;

/** Side of a stored training window in face squares. */
const margin = 1.6;

/** Part of the folder's name: raise it when anything here changes what is written. */
const version = 2;

/** Written last, so its presence and the sizes in it tell that a folder is complete. */
const manifestName = 'demo-faces.json';

interface Manifest {
  /** Bytes of each written file. */
  sizes: Record<string, number>;
}

/**
 * Makes a small data set of faces from the six photographs that ship in `@vladmandic/face-api`; nothing is downloaded.
 * The result is the same each time, and a later call finds it and returns at once.
 *
 * @param outDir - A cache folder; the data set gets a folder of its own inside.
 * @throws SparnetError `worker-died` when the detector cannot run.
 */
export async function prepareDemoFaces(outDir: string): Promise<DemoFaces> {
  const folder = join(outDir, `demo-faces-v${version}`);
  const parts = {
    trainDir: join(folder, 'train'),
    valDir: join(folder, 'val'),
    boxes: join(folder, 'boxes.csv'),
  };
  if (await isComplete(folder)) return parts;
  const building = `${folder}.${process.pid}.tmp`;
  try {
    await build(building);
    // Another process may have been quicker, and may be reading its own by now.
    if (await isComplete(folder)) return parts;
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder);
    return parts;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function isComplete(folder: string): Promise<boolean> {
  try {
    const { sizes } = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Manifest;
    const found = await Promise.all(Object.keys(sizes).map((name) => stat(join(folder, name))));
    return Object.values(sizes).every((size, index) => found[index]?.size === size);
  } catch {
    return false;
  }
}

async function build(folder: string): Promise<void> {
  for (const part of ['train', 'val']) await makeFolder(join(folder, part));
  const found = await findFaces(photographs.map(({ name }) => photographFile(name)));
  const manifest: Manifest = { sizes: {} };
  const rows: string[] = [];
  for (const [index, { name, use }] of photographs.entries()) {
    const photo = await decodeImage(photographFile(name));
    const faces = (found[index] ?? []).flatMap((box) => faceSquare(box, photo) ?? []);
    for (const [number, square] of faces.entries()) {
      if (use === 'validation') await store(`val/${name}-face${number + 1}.png`, photo, square, 1);
      else await store(`train/${name}-face${number + 1}.png`, photo, square, margin);
    }
  }
  const table = `file,left,top,right,bottom\n${rows.join('')}`;
  await writeFile(join(folder, 'boxes.csv'), table);
  manifest.sizes['boxes.csv'] = Buffer.byteLength(table);
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);

  async function store(name: string, photo: Image, square: Square, times: number): Promise<void> {
    const { image, box } = cutOut(photo, square, times);
    await writeImage(join(folder, name), image);
    manifest.sizes[name] = (await stat(join(folder, name))).size;
    rows.push(`${name.replace(/^.*\//, '')},${box.left},${box.top},${box.right},${box.bottom}\n`);
  }
}

/** The square with a margin as far as the photograph goes, reduced so that the square has the stored side. */
function cutOut(photo: Image, { left, top, side }: Square, times: number): { image: Image; box: Box } {
  const reach = Math.round((side * (times - 1)) / 2);
  const x0 = Math.max(0, left - reach);
  const y0 = Math.max(0, top - reach);
  const width = Math.min(photo.width, left + side + reach) - x0;
  const height = Math.min(photo.height, top + side + reach) - y0;
  const factor = storedSide / side;
  const image = resize(crop(photo, { left: x0, top: y0, width, height }), {
    width: Math.round(width * factor),
    height: Math.round(height * factor),
  });
  const x = Math.min(Math.round((left - x0) * factor), image.width - storedSide);
  const y = Math.min(Math.round((top - y0) * factor), image.height - storedSide);
  return { image, box: { left: x, top: y, right: x + storedSide, bottom: y + storedSide } };
}

function photographFile(name: string): string {
  const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  return join(dirname(manifest), 'demo', `${name}.jpg`);
}
