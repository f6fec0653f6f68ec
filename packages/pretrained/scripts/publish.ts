// Puts a trained model into this package: publish.ts NAME FILE. Filters are stored in float16, vectors (biases, norms and
// their statistics), which weigh nothing, as they are. Then src/files.ts is written anew from what is in weights/.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '@sparnet/core/node';
import { toHalf, type StateDict, type TensorData } from '@sparnet/weights';
import { readSafetensors, writeSafetensors } from '@sparnet/weights/node';

const home = new URL('..', import.meta.url);
const weights = fileURLToPath(new URL('weights', home));

const [name, file] = process.argv.slice(2);
if (name === undefined || file === undefined || !/^[a-z0-9-]+$/.test(name)) {
  console.error('usage: npm run publish-model -- NAME MODEL.safetensors');
  process.exit(2);
}
await mkdir(weights, { recursive: true });
await publish(name, resolve(process.env['INIT_CWD'] ?? '.', file));
await listFiles();

async function publish(as: string, from: string): Promise<void> {
  const { tensors, metadata } = await readSafetensors(from);
  if (metadata['sparnet.config'] === undefined)
    throw new Error(`${from}: holds no configuration of a network`);
  const halved: StateDict = Object.fromEntries(
    Object.entries(tensors).map(([key, tensor]) => [key, halfOf(key, tensor)]),
  );
  await writeSafetensors(`${weights}/${as}.safetensors`, halved, { metadata });
}

function halfOf(key: string, tensor: TensorData): TensorData {
  if (tensor.dtype !== 'F32' || tensor.shape.length < 2) return tensor;
  const data = toHalf(tensor.data);
  // 0x7c00: the exponent of infinity.
  if (data.some((bits) => (bits & 0x7c00) === 0x7c00)) throw new Error(`${key}: too large for float16`);
  return { dtype: 'F16', shape: tensor.shape, data };
}

async function listFiles(): Promise<void> {
  const entries: string[] = [];
  for (const entry of (await readdir(weights)).toSorted()) {
    const bytes = await readFile(`${weights}/${entry}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    entries.push(
      `  '${basename(entry, '.safetensors')}': {\n    bytes: ${bytes.length},\n    sha256: '${sha256}',\n  },\n`,
    );
    console.log(`${entry}: ${bytes.length.toLocaleString('en')} bytes`);
  }
  await replaceFile(
    fileURLToPath(new URL('src/files.ts', home)),
    `/** The files in weights/. Written by scripts/publish.ts. */\nexport const files = {\n${entries.join('')}} as const;\n`,
  );
}
