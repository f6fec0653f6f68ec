import { readFile } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import { resolveConfig, summary, type SparnetConfigInput } from '@sparnet/models';
import { parseSafetensors } from '@sparnet/weights';

/** How large a network is, and what an image costs it. */
export interface ModelSize {
  parameters: number;
  multiplyAdds: number;
}

/**
 * The size of the network in a model file.
 *
 * @throws SparnetError `bad-file` for a file that holds no configuration.
 */
export async function modelSize(file: string): Promise<ModelSize> {
  const { metadata } = parseSafetensors(await readFile(file), { name: file });
  const config = metadata['sparnet.config'];
  if (config === undefined)
    throw new SparnetError('bad-file', `${file}: holds no configuration of a network`);
  const { parameters, multiplyAdds } = summary(resolveConfig(JSON.parse(config) as SparnetConfigInput));
  return { parameters, multiplyAdds };
}
