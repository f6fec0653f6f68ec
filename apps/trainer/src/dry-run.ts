import { useEngine } from '@sparnet/engine';
import { summary } from '@sparnet/models';
import { parseWeights } from '@sparnet/weights';
import { asUsage } from 'command-line';
import type { WeightsFile } from './compute/messages.ts';
import type { Objective } from './compute/objective.ts';
import { openDataset } from './data/dataset.ts';
import { objectiveOf } from './objective-of.ts';
import { workersOf } from './open-run.ts';
import { readStartFiles, teacherDigest } from './start-files.ts';
import type { TrainConfig } from './options.ts';
import { withWholePaths } from './whole-paths.ts';
import { stepsOfEpochs } from './planned-steps.ts';
import { predictMemory, type PredictedMemory } from './predict-memory.ts';
import { recipeOf } from './recipe-of.ts';
import { createRunFolder } from './run/run-folder.ts';
import { newRun } from './train.ts';

/** What a run would be. */
export interface DryRun {
  photographs: number;
  engine: string;
  workers: number;
  /** Of the generator. */
  parameters: number;
  /** Unless it is to be found by time. */
  steps?: number;
  memory: PredictedMemory;
  /** What the run will need that was not looked for. */
  unchecked: string[];
}

/**
 * Check everything about a run that can be checked without training, and predict the memory that it will need. The run
 * folder is made, to see that it can be, and removed again; nothing else is written.
 *
 * @throws SparnetError as `train` for what it would refuse; not for pictures that can't be decoded, weights that are of
 *   another network, nor for those of VGG-19, which are neither looked up nor fetched.
 */
export async function dryRun(options: Partial<TrainConfig>): Promise<DryRun> {
  const { config: planned, network, dir } = await asUsage(() => newRun(options));
  const config = withWholePaths(planned);
  await (await createRunFolder(dir)).discard();
  await asUsage(() => recipeOf(config, network.outputSize));
  const dataset = await openDataset(config.data as string[], config.boxes ? { boxes: config.boxes } : {});
  if (config.val?.length) await openDataset(config.val, config.valBoxes ? { boxes: config.valBoxes } : {});
  await checkWeights(config);
  await teacherDigest(config);
  const { name, dispose } = await useEngine(config.engine);
  dispose();
  const workers = workersOf({ ...config, engine: name });
  const objective = objectiveOf(config);
  const memory = await predictMemory({
    engine: name,
    network,
    objective: withoutFetching(objective),
    shard: Math.min(config.shard, config.batch),
    workers,
  });
  const steps = config.epochs === undefined ? config.steps : stepsOfEpochs(config.epochs, dataset, config);
  return {
    photographs: dataset.names.length,
    engine: name,
    workers,
    parameters: summary(network).parameters,
    ...(steps !== undefined && { steps }),
    memory,
    unchecked:
      objective.perceptual?.network === 'vgg19'
        ? ['the weights of VGG-19, which are looked up, or fetched (575 MB), when the run begins']
        : [],
  };
}

/** The memory is that of its size, so that nobody has to fetch half a gigabyte to know it. */
function withoutFetching(objective: Objective): Objective {
  const { perceptual } = objective;
  if (perceptual?.network !== 'vgg19') return objective;
  return { ...objective, perceptual: { network: 'random-vgg19', weight: perceptual.weight } };
}

async function checkWeights(config: TrainConfig): Promise<void> {
  for (const weights of Object.values(await readStartFiles(config)) as (WeightsFile | undefined)[])
    if (weights) parseWeights(weights.bytes, { name: weights.file });
}
