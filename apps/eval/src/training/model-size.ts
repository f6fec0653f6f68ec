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
 * @param file - What messages call it.
 * @throws SparnetError `bad-file` for a file that holds no configuration.
 */
export function modelSize(bytes: Uint8Array, file: string): ModelSize {
  const { metadata } = parseSafetensors(bytes, { name: file });
  const config = metadata['sparnet.config'];
  if (config === undefined)
    throw new SparnetError('bad-file', `${file}: holds no configuration of a network`);
  const { parameters, multiplyAdds } = summary(resolveConfig(JSON.parse(config) as SparnetConfigInput));
  return { parameters, multiplyAdds };
}
