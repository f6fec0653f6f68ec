import type { VariableFactory } from '@sparnet/layers';
import { createSparnet, planBlocks } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, type ReferenceArchitecture } from './architecture.ts';
import type { Finding } from './compare.ts';
import type { Reference } from './reference.ts';

interface Preset {
  config: ReferenceArchitecture & { spectral_norm: boolean };
  trainable_parameters: number;
  keys: Record<string, number[]>;
  fau_order: { path: string; c_in: number; c_out: number; hg_depth: number; out_size: number }[];
}

/** Keys, their order and shapes, parameter counts and Face Attention Units of the released networks. */
export function checkOfficialCheckpoints({ folder }: Reference): Finding[] {
  const { presets } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as {
    presets: Record<string, Preset>;
  };
  return Object.entries(presets)
    .filter(([, { config }]) => !config.spectral_norm)
    .map(([name, preset]) => ({ name, error: matches(preset) ? 0 : Infinity, tolerance: 0 }));
}

function matches({ config, trainable_parameters: count, keys, fau_order: faus }: Preset): boolean {
  // Zeros: ten million random numbers would say nothing about names and shapes.
  const variables: VariableFactory = ({ shape, trainable }) => tf.variable(tf.zeros(shape), trainable);
  const model = createSparnet(configOf(config), { variables });
  const found = model.slots().map(({ name, variable, layout }) => {
    const [height, width, inputs, outputs] = variable.shape;
    return [name, layout === 'filter' ? [outputs, inputs, height, width] : variable.shape];
  });
  const units = planBlocks(model.config).map((block) => [
    block.name,
    block.inChannels,
    block.outChannels,
    block.hourglassDepth,
    block.outputSize,
  ]);
  const expected = faus.map((unit) => [unit.path, unit.c_in, unit.c_out, unit.hg_depth, unit.out_size]);
  const same =
    model.parameterCount() === count &&
    JSON.stringify(found) === JSON.stringify(Object.entries(keys)) &&
    JSON.stringify(units) === JSON.stringify(expected);
  model.dispose();
  return same;
}
