import { SparnetError, checkOneOf } from '@sparnet/core';
import { engineNames, type EngineName } from '@sparnet/engine';
import type { PresetName } from '@sparnet/models';
import { parseArgs } from 'node:util';

/** What `--help` prints. */
export const help = `training-step: times a training step of SPARNet beside PyTorch's

  --preset NAME      the network (default: sparnet-v16-s4)
  --batch N          images in a shard of ours and in a step of PyTorch (default: 4)
  --rounds N         timed steps of each, in turn, after one that is not (default: 5)
  --engines A,B      of ${engineNames.join(', ')} (default: wasm)
  --workers N,N      ours with so many workers, PyTorch with so many threads (default: 1,2)
  --json FILE        write the figures there, too

  SPARNET_PYTHON=COMMAND   a Python that has torch (default: python3); without torch ours is timed alone
  SPARNET_NATIVE=DIR       where native TensorFlow is installed
`;

/** What the command line asks for. */
export interface TrainingStepOptions {
  presetName: PresetName;
  batch: number;
  rounds: number;
  engines: EngineName[];
  workers: number[];
  json: string | undefined;
}

const flags = {
  preset: { type: 'string', default: 'sparnet-v16-s4' },
  batch: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '5' },
  engines: { type: 'string', default: 'wasm' },
  workers: { type: 'string', default: '1,2' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Read the command line; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for a flag, a number or an engine that is none.
 */
export function readOptions(): TrainingStepOptions | undefined {
  const { values } = parsedArguments();
  if (values.help) return undefined;
  return {
    presetName: values.preset as PresetName,
    batch: wholeNumber('--batch', values.batch),
    rounds: wholeNumber('--rounds', values.rounds),
    engines: values.engines.split(',').map(engineName),
    workers: values.workers.split(',').map((word) => wholeNumber('--workers', word)),
    json: values.json,
  };
}

function parsedArguments() {
  try {
    return parseArgs({ options: flags });
  } catch (cause) {
    throw new SparnetError('bad-argument', (cause as Error).message, { cause });
  }
}

function wholeNumber(flag: string, word: string): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SparnetError('bad-argument', `expected an integer of at least 1 for ${flag}, got ${word}`);
}

function engineName(word: string): EngineName {
  return checkOneOf('--engines', word, engineNames);
}
