import { SparnetError } from '@sparnet/core';
import type { StateDict, TensorData } from '@sparnet/weights';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const model = 'face_recognition_model';

/** A tensor in a manifest of tfjs: 32-bit floats, or 8 bits that stand for level * scale + min. */
interface Entry {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale: number; min: number };
}

/**
 * The weights of the face recognition network that `@vladmandic/face-api` ships, from its files.
 *
 * @param options.folder - Where `face_recognition_model.bin` and its manifest are; default: the installed package's.
 * @returns Under face-api's names, filters [height, width, in, out]: for `faceRecognition`.
 * @throws SparnetError `missing-package` with the install line when the package is not installed, `missing-file` when the
 *   folder does not hold the files, `bad-file` when they are not such a model.
 */
export async function faceRecognitionWeights({ folder }: { folder?: string } = {}): Promise<StateDict> {
  const place = folder ?? installedFolder();
  const manifestFile = join(place, `${model}-weights_manifest.json`);
  const binFile = join(place, `${model}.bin`);
  const [manifest, bytes] = await Promise.all([manifestFile, binFile].map(contentOf));
  const state: StateDict = {};
  let from = 0;
  for (const entry of entriesOf(String(manifest), manifestFile)) {
    const { tensor, length } = decoded(entry, (bytes as Buffer).subarray(from), binFile);
    state[entry.name] = tensor;
    from += length;
  }
  if (from !== bytes?.length) throw bad(binFile, `${bytes?.length} bytes instead of ${from}`);
  return state;
}

function installedFolder(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
    return join(dirname(manifest), 'model');
  } catch (cause) {
    throw new SparnetError(
      'missing-package',
      '@vladmandic/face-api is not installed, whose weights the identity loss needs: npm install @vladmandic/face-api, ' +
        `or name a folder that holds ${model}.bin and ${model}-weights_manifest.json`,
      { cause },
    );
  }
}

async function contentOf(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new SparnetError('missing-file', `${file}: no such file`, { cause });
    throw new SparnetError('bad-file', `${file}: cannot be read: ${cause.message}`, { cause });
  });
}

function entriesOf(text: string, file: string): Entry[] {
  let groups: unknown;
  try {
    groups = JSON.parse(text);
  } catch (cause) {
    throw bad(file, 'no JSON', cause);
  }
  const entries = Array.isArray(groups)
    ? groups.flatMap((group: { weights?: unknown } | null): unknown => group?.weights)
    : [];
  if (entries.length > 0 && entries.every(isEntry)) return entries;
  throw bad(file, 'no list of tensors');
}

function isEntry(value: unknown): value is Entry {
  const { name, shape, dtype, quantization } = (value ?? {}) as Partial<Entry>;
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side > 0);
  if (typeof name !== 'string' || !isShape || dtype !== 'float32') return false;
  if (quantization === undefined) return true;
  const { scale, min } = quantization;
  return quantization.dtype === 'uint8' && Number.isFinite(scale) && Number.isFinite(min);
}

function decoded(
  { name, shape, quantization }: Entry,
  bytes: Buffer,
  file: string,
): { tensor: TensorData; length: number } {
  const size = shape.reduce((a, b) => a * b, 1);
  const length = quantization ? size : 4 * size;
  if (bytes.length < length) throw bad(file, `it ends inside ${name}`);
  const data = new Float32Array(size);
  for (let place = 0; place < size; place++) {
    data[place] = quantization
      ? (bytes[place] as number) * quantization.scale + quantization.min
      : bytes.readFloatLE(4 * place);
  }
  return { tensor: { dtype: 'F32', shape, data }, length };
}

function bad(file: string, problem: string, cause?: unknown): SparnetError {
  return new SparnetError(
    'bad-file',
    `${file}: not the face recognition model of face-api: ${problem}. Install @vladmandic/face-api afresh`,
    { cause },
  );
}
