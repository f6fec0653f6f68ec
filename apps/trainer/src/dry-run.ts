import { useEngine } from '@sparnet/engine';
import { parseWeights } from '@sparnet/weights';
import { openDataset } from './data/dataset.ts';
import { objectiveOf } from './objective-of.ts';
import { weightsFile, workersOf } from './open-run.ts';
import type { TrainConfig } from './options.ts';
import { stepsOfEpochs } from './planned-steps.ts';
import { predictMemory, type PredictedMemory } from './predict-memory.ts';
import { recipeOf } from './recipe-of.ts';
import { createRunFolder } from './run/run-folder.ts';
import { newRun } from './train.ts';
import { asUsage } from './wrong-usage.ts';

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
}

/**
 * Check everything about a run that can be checked without training, and predict the memory that it will need. The run
 * folder is made, to see that it can be, and removed again; nothing else is written.
 *
 * @throws SparnetError as `train` for what it would refuse; not for pictures that can't be decoded, nor for weights that
 *   are of another network.
 */
export async function dryRun(options: Partial<TrainConfig>): Promise<DryRun> {
  const { config, network, dir } = await asUsage(() => newRun(options));
  await (await createRunFolder(dir)).discard();
  await asUsage(() => recipeOf(config, network.outputSize));
  const dataset = await openDataset(config.data as string[], config.boxes ? { boxes: config.boxes } : {});
  if (config.val?.length) await openDataset(config.val, config.valBoxes ? { boxes: config.valBoxes } : {});
  await checkWeights(config);
  const { name, dispose } = await useEngine(config.engine);
  dispose();
  const workers = workersOf({ ...config, engine: name });
  const memory = await predictMemory({
    engine: name,
    network,
    objective: objectiveOf(config),
    shard: Math.min(config.shard, config.batch),
    workers,
  });
  const steps = config.epochs === undefined ? config.steps : stepsOfEpochs(config.epochs, dataset, config);
  return {
    photographs: dataset.names.length,
    engine: name,
    workers,
    parameters: memory.parameters,
    ...(steps !== undefined && { steps }),
    memory,
  };
}

async function checkWeights({ init, discriminatorInit, initTraining }: TrainConfig): Promise<void> {
  const files = [
    await weightsFile(init, '--init'),
    await weightsFile(discriminatorInit, '--discriminator-init'),
    await weightsFile(initTraining, '--init-training'),
  ];
  for (const weights of files) if (weights) parseWeights(weights.bytes, { name: weights.file });
}
