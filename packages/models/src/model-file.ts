import { SparnetError, isSparnetError } from '@sparnet/core';
import { scope } from '@sparnet/engine';
import type { ModuleOptions, VariableSpec } from '@sparnet/layers';
import { formatSafetensors, parseSafetensors, parseWeights } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { resolveConfig, type SparnetConfigInput } from './config.ts';
import { readSource, type ModelSource } from './read-source.ts';
import { createSparnet, type Sparnet } from './sparnet.ts';

const configKey = 'sparnet.config';

/** A model as a `.safetensors` file: its weights under the released names, its configuration in the metadata. */
export async function modelBytes(model: Sparnet): Promise<Uint8Array> {
  return formatSafetensors(await model.stateDict(), { metadata: modelMetadata(model) });
}

/** The metadata of a model file: the configuration as JSON. */
export function modelMetadata({ config }: Pick<Sparnet, 'config'>): Record<string, string> {
  return { [configKey]: JSON.stringify(config) };
}

/**
 * A model from a file that {@link modelBytes} wrote, or, with `config`, from any `.safetensors` or PyTorch `.pth` file
 * with the released names.
 *
 * @param source - Bytes, a `File`, a URL, in Node a path, or a published model, whose length and SHA-256 are compared.
 * @param options.config - Instead of the file's own configuration.
 * @throws SparnetError `missing-file`; `unsupported` for a path outside Node; `bad-file` or `unsafe-file` for damaged or
 *   dangerous bytes; `bad-config` without a valid configuration; `missing-key` or `bad-state` when weights and
 *   configuration don't fit; `bad-argument` for a source of another type.
 */
export async function loadModel(
  source: ModelSource,
  {
    config,
    variables = blankVariable,
  }: { config?: SparnetConfigInput } & Pick<ModuleOptions, 'variables'> = {},
): Promise<Sparnet> {
  const { bytes, name } = await readSource(source);
  const tensors = parseWeights(bytes, { name });
  const model = createSparnet(config ?? configIn(bytes, name), { variables });
  try {
    model.loadStateDict(tensors);
    return model;
  } catch (error) {
    model.dispose();
    if (!isSparnetError(error)) throw error;
    throw new SparnetError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

function configIn(bytes: Uint8Array, name: string): SparnetConfigInput {
  const text = metadataOf(bytes)[configKey];
  if (text === undefined) {
    throw new SparnetError(
      'bad-config',
      `${name} names no configuration (${configKey}); give one as { config }`,
    );
  }
  try {
    return resolveConfig(JSON.parse(text) as SparnetConfigInput);
  } catch (cause) {
    throw new SparnetError('bad-config', `${name}, ${configKey}: ${(cause as Error).message}`, { cause });
  }
}

/** Of bytes that hold weights of any kind: only safetensors have metadata. */
function metadataOf(bytes: Uint8Array): Record<string, string> {
  try {
    return parseSafetensors(bytes).metadata;
  } catch {
    return {};
  }
}

/** The file's values replace these: ten million random numbers need not be drawn. */
function blankVariable({ shape, trainable }: VariableSpec): tf.Variable {
  const size = shape.reduce((product, side) => product * side, 1);
  return scope(() => tf.variable(tf.tensor(new Float32Array(size), shape), trainable));
}
