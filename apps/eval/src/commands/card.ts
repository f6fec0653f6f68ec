import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SparnetError, invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import type { Beside } from '../card/beside-text.ts';
import { cardText } from '../card/card-text.ts';
import { lastPart } from '../card/last-part.ts';
import { photographSets } from '../card/photograph-sets.ts';
import { readTraining } from '../card/read-training.ts';
import type { Command } from '../command.ts';
import type { NamedResult } from '../merge-results.ts';
import { readResult } from '../result.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags } from '../run/flags.ts';
import { modelSize } from '../training/model-size.ts';

const flags = {
  model: { takes: 'FILE', help: 'The model file that is published.' },
  from: {
    takes: 'FILE ...',
    many: true,
    help: 'Results of eval evaluate: of the model, and of bicubic beside it. Those of the same photographs, measured alike, share a table; parts are put together by eval merge first.',
  },
  run: {
    takes: 'DIR ...',
    many: true,
    help: 'Folders of the training runs it came from, in the order in which they went on from one another.',
  },
  beside: {
    takes: 'DIR ...',
    many: true,
    help: "Folders of another training's runs, in their order: how far it had come with as many images and in as many hours. It is called by the last folder's name.",
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
was trained and how it learned. Of paths it tells the last part only. Results
that can't be told apart but weren't measured alike are refused.`;

export const cardCommand: Command = { flags, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { model, from, runs, beside, about, title, out } = await asUsage(() => read(argv));
  await checkOutputs({ inputs: [model, ...from, ...runs, ...beside, about], files: { '--out': out } });
  const bytes = await contentOf(model, '--model');
  const results: NamedResult[] = [];
  for (const source of from) results.push({ source, result: await readResult(source) });
  const text = cardText({
    title: title ?? lastPart(model),
    about: about === undefined ? undefined : (await contentOf(about, '--about')).toString('utf8'),
    file: {
      name: lastPart(model),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
    size: modelSize(bytes, model),
    training: runs.length === 0 ? undefined : await readTraining(runs),
    beside: await readBeside(beside),
    sets: photographSets(results),
  });
  await replaceFile(out, text);
  process.stdout.write(`${out}\n`);
  return 0;
}

async function readBeside(folders: readonly string[]): Promise<Beside | undefined> {
  const last = folders.at(-1);
  if (last === undefined) return undefined;
  return { name: lastPart(resolve(last)), curve: (await readTraining(folders)).curve };
}

async function contentOf(file: string, flag: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new SparnetError('missing-file', `${flag} ${file}: ${(cause as Error).message}`, { cause });
  });
}

function read(argv: readonly string[]) {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--model and a file', words[0]);
  const { model, from = [], run: runs = [], beside = [], about, title, out } = values;
  if (model === undefined)
    throw new SparnetError('bad-argument', 'expected a model to describe: --model FILE.safetensors');
  if (out === undefined) throw new SparnetError('bad-argument', 'expected a card to write: --out FILE.md');
  if (beside.length > 0 && runs.length === 0)
    throw new SparnetError(
      'bad-argument',
      'expected the training that --beside is to be compared with: --run DIR',
    );
  return { model, from, runs, beside, about, title, out };
}
