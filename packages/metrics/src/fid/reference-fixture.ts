import { readFileSync } from 'node:fs';

const folder = new URL('../../../../vectors/frechet/', import.meta.url);

interface Case {
  values: Record<
    string,
    { n_x: number; n_y: number; d: number; frechet: number; kid_poly3_all_samples: number }
  >;
}

/** The cases of the reference, by name. */
export const cases = (JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as Case).values;

/** The features of a case, samples first. */
export const features = readTensors('features.safetensors');

/** Means and covariances, or the diagonal and the first row of these. */
export const statistics = readTensors('statistics.safetensors');

function readTensors(file: string): Map<string, Float32Array | Float64Array> {
  const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { dtype: 'F32' | 'F64'; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).flatMap(([name, { dtype, data_offsets }]) => {
      if (name === '__metadata__') return [];
      const data = bytes.slice(start + data_offsets[0], start + data_offsets[1]).buffer;
      return [[name, dtype === 'F64' ? new Float64Array(data) : new Float32Array(data)]];
    }),
  );
}
