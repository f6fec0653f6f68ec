import { SparnetError, checkOneOf } from '@sparnet/core';
import { preset, presetNames, resolveConfig, type SparnetConfig } from '@sparnet/models';
import { formKeys, formNames, tasks, type Task } from './forms.ts';
import { readFlags, wholeNumber, wordsOf } from './read-flags.ts';

/** What `--help` prints. */
export const help = `bench: times SPARNet's output and its training step beside PyTorch and ONNX Runtime, in turn

  --models A,B       networks, by preset (default: sparnet-v16-s4,sparnet-light-3d)
  --network JSON     changes of the presets, such as {"maxChannels":64}
  --tasks A,B        of ${tasks.join(', ')} (default: both)
  --batches N,N      images that each contender of a table takes at once (default: 1,4,8,16)
  --shard N          images that a worker of ours trains on at once, at most (default: 4, as the trainer)
  --contenders A,B   only these, in the forms that are timed by default: ${formNames.join(', ')};
                     or one form of them as the tables name it: ${formKeys[0]} is one process with 2 threads, and
                     native:1x1 is among those that mostly have to be named (default: all but cpu)
  --rounds N         turns of each contender that are timed, after one that is not (default: 3)
  --seconds N        less, at least one, once its turns in a table have taken so long (default: 4)
  --photos DIR       what the trainer reads its pictures from (default: 64 made-up JPEGs of 178 x 218)
  --quick            batches 1 and 4, one round
  --json FILE        write all figures there, too, after every table

  --growth           instead: time and memory of a step by images, by size of image and by workers, on the best engine
  --steady N         instead: N training steps of sparnet-tiny on the best engine, and the memory on the way

  SPARNET_PYTHON=COMMAND   a Python that has torch, onnx and onnxruntime (default: python3); what is absent is left out
  SPARNET_NATIVE=DIR       where native TensorFlow is installed
`;

/** A network by name. */
export interface NamedModel {
  name: string;
  config: SparnetConfig;
}

/** What the command line asks for. */
export interface BenchOptions {
  models: NamedModel[];
  tasks: Task[];
  batches: number[];
  shard: number;
  /** Undefined: the usual ones. */
  contenders: string[] | undefined;
  rounds: number;
  seconds: number;
  photos: string | undefined;
  json: string | undefined;
  growth: boolean;
  steady: number | undefined;
}

const flags = {
  models: { type: 'string', default: 'sparnet-v16-s4,sparnet-light-3d' },
  network: { type: 'string', default: '{}' },
  tasks: { type: 'string', default: tasks.join(',') },
  batches: { type: 'string' },
  shard: { type: 'string', default: '4' },
  contenders: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string', default: '4' },
  photos: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  growth: { type: 'boolean', default: false },
  steady: { type: 'string' },
} as const;

/**
 * Read the command line; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for a flag, a number or a name that is none, `bad-config` for a network that
 *   can't be.
 */
export function readOptions(): BenchOptions | undefined {
  const values = readFlags(flags);
  if (!values) return undefined;
  const { quick } = values;
  const changes = parsedJson('--network', values.network);
  return {
    models: wordsOf(values.models).map((name) => ({
      name,
      config: resolveConfig({ ...changeable(preset(checkOneOf('--models', name, presetNames))), ...changes }),
    })),
    tasks: wordsOf(values.tasks).map((word) => checkOneOf('--tasks', word, tasks)),
    batches: wordsOf(values.batches ?? (quick ? '1,4' : '1,4,8,16')).map((word) =>
      wholeNumber('--batches', word),
    ),
    shard: wholeNumber('--shard', values.shard),
    contenders:
      values.contenders === undefined
        ? undefined
        : wordsOf(values.contenders).map((word) =>
            checkOneOf('--contenders', word, [...formNames, ...formKeys]),
          ),
    rounds: wholeNumber('--rounds', values.rounds ?? (quick ? '1' : '3')),
    seconds: wholeNumber('--seconds', values.seconds),
    photos: values.photos,
    json: values.json,
    growth: values.growth,
    steady: values.steady === undefined ? undefined : wholeNumber('--steady', values.steady),
  };
}

function parsedJson(flag: string, text: string): Partial<SparnetConfig> {
  try {
    return JSON.parse(text) as Partial<SparnetConfig>;
  } catch (cause) {
    throw new SparnetError('bad-argument', `expected JSON for ${flag}, got ${text}`, { cause });
  }
}

/** All blocks have attention: then changes that make more or fewer blocks still fit. */
function changeable({ attentionBlocks, ...config }: SparnetConfig): Partial<SparnetConfig> {
  const all = resolveConfig(config).attentionBlocks === attentionBlocks;
  return all ? config : { ...config, attentionBlocks };
}
