import { replaceFile } from '@sparnet/core/node';
import { SparnetError, checkOneOf, invalid } from '@sparnet/core';
import { ensembles } from '@sparnet/models';
import { pretrained } from '@sparnet/pretrained';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import { checkedOptions, type EvaluateOptions } from '../evaluate-options.ts';
import { evaluate } from '../evaluate.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { measureFlags, measureOptions, readRecipe, readShard } from '../run/evaluate-flags.ts';
import { readFlags, wholeNumber } from '../run/flags.ts';
import { resultCsv, resultText } from '../run/result-text.ts';
import { watched } from '../run/watched.ts';

const flags = {
  model: {
    takes: 'FILE|NAME',
    help: `A model file, or ${Object.keys(pretrained).join(', ')}; or bicubic, or input: the LR picture enlarged as a network would get it.`,
  },
  ensemble: {
    takes: 'E',
    help: "flip: the mean of a model's output and that of the mirror image, in twice the time; default none.",
  },
  sr: { takes: 'DIR|TAR', help: 'SR pictures made elsewhere, instead of a model.' },
  hr: { takes: 'DIR|TAR', help: 'The photographs.' },
  lr: { takes: 'DIR|TAR', help: "LR pictures; default: the photographs reduced with Pillow's bicubic." },
  scale: { takes: 'N', help: "How much they are reduced; default: the model's, or 8." },
  degrade: {
    takes: 'PRESET|FILE',
    help: 'Degrade the photographs so instead; a recipe of @sparnet/degrade.',
  },
  seed: { takes: 'S', help: 'Of the degradation; default 0.' },
  ...measureFlags,
  json: { takes: 'FILE', help: 'Write the whole result there.' },
  csv: { takes: 'FILE', help: "Write the pictures' scores there." },
  name: { takes: 'LABEL', help: "What the result is called; default: the model's file name." },
  shard: { takes: 'I/N', help: 'Measure only the I-th of N parts; eval merge puts the results together.' },
  gallery: {
    takes: 'N',
    help: 'Keep the N best, median and worst pictures, by the first metric, in the JSON file.',
  },
  'error-maps': {
    help: 'Keep in the JSON file where the pictures differ on average; all must have one size.',
  },
  save: { takes: 'DIR', help: 'Write the SR pictures there, as PNG.' },
  overwrite: { help: 'They may replace files that are there; what is read is never replaced.' },
} as const;

const usage = `eval evaluate --model FILE|NAME|bicubic|input --hr DIR|TAR [options]
eval evaluate --sr DIR|TAR --hr DIR|TAR [options]

Measures a method on photographs, picture by picture. Pictures belong together
by their names without endings. What can't be read is skipped and said.`;

export const evaluateCommand: Command = { flags, usage, long: true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { options, json, csv } = await asUsage(() => read(argv));
  const { hr, lr, sr, model, degrade, save } = options;
  await checkOutputs({
    inputs: [hr, lr, sr],
    named: [model, degrade?.name],
    files: { '--json': json, '--csv': csv },
    folders: { '--save': save },
  });
  const result = await watched(signal, (control) => evaluate(options, control));
  if (!result) return 130;
  if (json !== undefined) await replaceFile(json, `${JSON.stringify(result, null, 1)}\n`);
  if (csv !== undefined) await replaceFile(csv, resultCsv(result));
  process.stdout.write(resultText(result));
  return 0;
}

async function read(argv: readonly string[]): Promise<{
  options: EvaluateOptions;
  json: string | undefined;
  csv: string | undefined;
}> {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--hr and a path', words[0]);
  const { model, ensemble, sr, hr, lr, scale, degrade, seed, name, shard, gallery, save, json, csv } = values;
  const { overwrite, 'error-maps': errorMaps } = values;
  if (hr === undefined)
    throw new SparnetError('bad-argument', 'expected the photographs: --hr DIR or a tar archive');
  if (seed !== undefined && degrade === undefined)
    throw new SparnetError('bad-argument', '--seed is that of a degradation; give --degrade too');
  if (json === undefined && (gallery !== undefined || errorMaps))
    throw new SparnetError(
      'bad-argument',
      `${errorMaps ? '--error-maps' : '--gallery'} is kept in the JSON file only; give --json FILE too`,
    );
  const options: EvaluateOptions = {
    hr,
    ...measureOptions(values),
    ...(model !== undefined && { model }),
    ...(ensemble !== undefined && { ensemble: checkOneOf('--ensemble', ensemble, ensembles) }),
    ...(sr !== undefined && { sr }),
    ...(lr !== undefined && { lr }),
    ...(scale !== undefined && { scale: wholeNumber('--scale', scale, 1) }),
    ...(degrade !== undefined && {
      degrade: {
        name: degrade,
        recipe: await readRecipe(degrade),
        seed: wholeNumber('--seed', seed ?? '0'),
      },
    }),
    ...(name !== undefined && { name }),
    ...(shard !== undefined && { shard: readShard(shard) }),
    ...(gallery !== undefined && { gallery: wholeNumber('--gallery', gallery, 0, 100) }),
    ...(errorMaps && { errorMaps }),
    ...(save !== undefined && { save }),
    ...(overwrite && { overwrite }),
  };
  checkedOptions(options);
  return { options, json, csv };
}
