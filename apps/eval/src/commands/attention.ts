import { SparnetError, checkOneOf, invalid } from '@sparnet/core';
import { engineNames, type EngineName } from '@sparnet/engine';
import { photographSquare, resize, type Image } from '@sparnet/image';
import { decodeImage, readPicture, writeImage } from '@sparnet/image/node';
import type { SparnetConfig } from '@sparnet/models';
import { readFile } from 'node:fs/promises';
import { asUsage } from 'command-line';
import { attentionMaps } from '../attention/attention-maps.ts';
import { attentionPicture } from '../attention/attention-picture.ts';
import type { Command } from '../command.ts';
import { loadModelFile } from '../measure/load-model-file.ts';
import { startEngine } from '../measure/start-engine.ts';
import { faceSquare } from '../pictures/face-square.ts';
import { openPairs } from '../pictures/picture-pairs.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags, wholeNumber } from '../run/flags.ts';

const flags = {
  model: { takes: 'FILE|NAME', help: 'A network with spatial attention: a file, or a published model.' },
  image: { takes: 'FILE', help: 'A face: an LR picture, or a photograph that is reduced to one.' },
  hr: { takes: 'DIR|TAR', help: 'Take the face from these photographs instead.' },
  index: { takes: 'N', help: 'Which of them, in the order of their names, from 0; default 0.' },
  out: { takes: 'FILE.png', help: 'The picture to write.' },
  engine: { takes: 'E', help: `What computes: auto, ${engineNames.join(', ')}; default auto.` },
} as const;

const usage = `eval attention --model FILE|NAME --image FILE --out FILE.png [--engine E]
eval attention --model FILE|NAME --hr DIR|TAR [--index N] --out FILE.png

Shows where a network looks: a face, what becomes of it, and the map of each
Face Attention Unit, from the encoder to the decoder. Of 3-D attention, which
has a map for each channel, the mean over the channels is shown.`;

export const attentionCommand: Command = { flags, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { model: file, image, hr: photographs, face, out, engine: name } = await asUsage(() => read(argv));
  await checkOutputs({ inputs: [file, image, photographs], files: { '--out': out } });
  const engine = await startEngine(name);
  const model = await loadModelFile(file);
  const { lr, hr, told } = asLow(await face(), model.config);
  if (image !== undefined && told !== undefined) process.stderr.write(`${image}: ${told}\n`);
  const { sr, maps } = await attentionMaps(model, lr);
  await writeImage(out, attentionPicture({ lr, sr, maps, ...(hr && { hr }) }));
  model.dispose();
  engine.dispose();
  process.stdout.write(`${out}: ${maps.length} maps\n`);
  return 0;
}

function read(argv: readonly string[]) {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--image and a file', words[0]);
  const { model, image, hr, index, out, engine = 'auto' } = values;
  if (model === undefined) throw new SparnetError('bad-argument', 'expected a network: --model FILE');
  if (out === undefined)
    throw new SparnetError('bad-argument', 'expected a picture to write: --out FILE.png');
  if ((image === undefined) === (hr === undefined))
    throw new SparnetError('bad-argument', 'expected a face: either --image FILE, or --hr DIR and --index N');
  if (index !== undefined && hr === undefined)
    throw new SparnetError('bad-argument', '--index is that of a photograph; give --hr too');
  const at = wholeNumber('--index', index ?? '0');
  const names = ['auto', ...engineNames] as const satisfies readonly (EngineName | 'auto')[];
  return {
    model,
    image,
    hr,
    out,
    engine: checkOneOf('--engine', engine, names),
    face: async () =>
      image === undefined ? readPicture((await openPairs({ hr: hr! })).at(at).hr) : decodeFile(image),
  };
}

async function decodeFile(file: string): Promise<Image> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new SparnetError('missing-file', `${file}: ${cause.message}`, { cause });
  });
  return decodeImage(bytes, { name: file });
}

/**
 * An LR picture as it is; a photograph as the face square that the trainer takes of it, reduced. `told` says so where the
 * size leaves a doubt; of a small photograph, which had to be enlarged, there is no original to show.
 */
function asLow(image: Image, { outputSize, scale }: SparnetConfig): { lr: Image; hr?: Image; told?: string } {
  const side = outputSize / scale;
  const { width, height } = image;
  if (width <= side && height <= side) return { lr: image };
  const square = faceSquare(image, outputSize);
  const lr = resize(square, { width: side, height: side });
  if (width === outputSize && height === outputSize) return { hr: square, lr };
  const told = `${width} x ${height} pixels are not the LR size of ${side} x ${side}: taken as a photograph, its square resized to ${outputSize} x ${outputSize}`;
  return photographSquare(image).side < outputSize ? { lr, told } : { hr: square, lr, told };
}
