import { shapeOnDisk, type VariableSpec } from '@sparnet/layers';
import { createSparnet, planBlocks } from '@sparnet/models';
import type * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, type ReferenceArchitecture } from './architecture.ts';
import type { Finding } from './compare.ts';
import type { Reference } from './reference.ts';

interface Preset {
  config: ReferenceArchitecture;
  trainable_parameters: number;
  keys: Record<string, number[]>;
  fau_order: { path: string; c_in: number; c_out: number; hg_depth: number; out_size: number }[];
}

/** Keys, their order and shapes, parameter counts and Face Attention Units of the released networks. */
export function checkOfficialCheckpoints({ folder }: Reference): Finding[] {
  const { presets } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as {
    presets: Record<string, Preset>;
  };
  return Object.entries(presets).map(([name, preset]) => ({
    name,
    error: matches(preset) ? 0 : Infinity,
    tolerance: 0,
  }));
}

function matches({ config, trainable_parameters: count, keys, fau_order: faus }: Preset): boolean {
  const model = createSparnet(configOf(config), { variables: shapeOnly });
  const found = model
    .slots()
    .map(({ name, variable, layout }) => [name, shapeOnDisk(variable.shape, layout)]);
  const units = planBlocks(model.config).map((block) => [
    block.name,
    block.inChannels,
    block.outChannels,
    block.hourglassDepth,
    block.outputSize,
  ]);
  const expected = faus.map((unit) => [unit.path, unit.c_in, unit.c_out, unit.hg_depth, unit.out_size]);
  return (
    model.parameterCount() === count &&
    JSON.stringify(found) === JSON.stringify(Object.entries(keys)) &&
    JSON.stringify(units) === JSON.stringify(expected)
  );
}

/** Names and shapes are all that is looked at: ninety million values need not be held. */
function shapeOnly({ shape }: VariableSpec): tf.Variable {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, size, dispose() {} } as unknown as tf.Variable;
}
