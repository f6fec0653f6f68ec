import { parseSafetensors, type TensorData } from '@sparnet/weights';
import { readFile } from 'node:fs/promises';

/** Images as bytes, [count, side, side, 3]. */
export interface ImageBatch {
  count: number;
  input: Uint8Array;
  target: Uint8Array;
}

/** The first `unit` images of a batch file, over and over until there are `count`. */
export async function readBatch(
  file: string,
  { unit, count }: { unit: number; count: number },
): Promise<ImageBatch> {
  const { input, target } = parseSafetensors(await readFile(file)).tensors;
  const repeated = (tensor: typeof input): Uint8Array => {
    const { shape, data } = tensor as TensorData & { data: Uint8Array };
    const size = data.length / (shape[0] as number);
    return Uint8Array.from({ length: count * size }, (_, i) => data[i % (unit * size)] as number);
  };
  return { count, input: repeated(input), target: repeated(target) };
}
