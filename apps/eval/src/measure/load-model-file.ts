import { fileURLToPath } from 'node:url';
import { SparnetError, isSparnetError } from '@sparnet/core';
import { loadModel, type Sparnet } from '@sparnet/models';
import { pretrained, pretrainedModel } from '@sparnet/pretrained';

/**
 * `loadModel` for what somebody has named on the command line, a model of `@sparnet/pretrained` or a file, to compute
 * with only: its norms are folded.
 *
 * @throws SparnetError `missing-file` that says what to name when there is no such file, or it is a folder, or that the
 *   package must be installed again when its own file is not there; else as `loadModel`.
 */
export async function loadModelFile(file: string): Promise<Sparnet> {
  const published = pretrainedModel(file);
  try {
    const model = await loadModel(published ?? file);
    model.foldNorms();
    return model;
  } catch (cause) {
    const code = isSparnetError(cause) ? (cause.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause;
    if (published)
      throw new SparnetError(
        'missing-file',
        `${file}: its file ${fileURLToPath(published.url)} is missing in @sparnet/pretrained; install that package again`,
        { cause },
      );
    throw new SparnetError(
      'missing-file',
      `${code === 'EISDIR' ? `${file} is a folder` : `no model file ${file}`}; name the .safetensors file of a network, ` +
        `such as model.safetensors of a training, or a published model: ${Object.keys(pretrained).join(', ')}`,
      { cause },
    );
  }
}
