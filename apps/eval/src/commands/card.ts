import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SparnetError, invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import { cardText } from '../card/card-text.ts';
import { readTraining } from '../card/read-training.ts';
import type { Command } from '../command.ts';
import { readResult, type EvaluationResult } from '../result.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags } from '../run/flags.ts';
import { modelSize } from '../training/model-size.ts';

const flags = {
  model: { takes: 'FILE', help: 'The model file that is published.' },
  from: {
    takes: 'FILE ...',
    many: true,
    help: 'Results of eval evaluate: of the model, and of bicubic beside it. Those of the same photographs share a table.',
  },
  run: {
    takes: 'DIR ...',
    many: true,
    help: 'Folders of the training runs it came from, in the order in which they went on from one another.',
  },
  about: {
    takes: 'FILE',
    help: 'Markdown to put below the heading: what it is for, limits, terms of its data.',
  },
  title: { takes: 'TEXT', help: "Its heading; default: the model file's name." },
  out: { takes: 'FILE', help: 'The card to write.' },
} as const;

const usage = `eval card --model FILE --out FILE.md [options]

Writes a model card in Markdown: size, checksum, scores beside bicubic, how it
was trained and how it learned. Of paths it tells the last part only.`;

export const cardCommand: Command = { flags, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { model, from, runs, about, title, out } = await asUsage(() => read(argv));
  await checkOutputs({ inputs: [model, ...from, ...runs, about], files: { '--out': out } });
  const bytes = await contentOf(model, '--model');
  const results: EvaluationResult[] = [];
  for (const path of from) results.push(await readResult(path));
  const text = cardText({
    title: title ?? basename(model),
    about: about === undefined ? undefined : (await contentOf(about, '--about')).toString('utf8'),
    file: {
      name: basename(model),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
    size: modelSize(bytes, model),
    training: runs.length === 0 ? undefined : await readTraining(runs),
    results,
  });
  await replaceFile(out, text);
  process.stdout.write(`${out}\n`);
  return 0;
}

async function contentOf(file: string, flag: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new SparnetError('missing-file', `${flag} ${file}: ${(cause as Error).message}`, { cause });
  });
}

function read(argv: readonly string[]) {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--model and a file', words[0]);
  const { model, from = [], run: runs = [], about, title, out } = values;
  if (model === undefined)
    throw new SparnetError('bad-argument', 'expected a model to describe: --model FILE.safetensors');
  if (out === undefined) throw new SparnetError('bad-argument', 'expected a card to write: --out FILE.md');
  return { model, from, runs, about, title, out };
}
