import { commitUpdates, sweep, type Sweep } from '@sparnet/engine';
import type { DiskLayout } from '@sparnet/layers';
import { pixelLoss } from '@sparnet/losses';
import { createSparnet, type Sparnet } from '@sparnet/models';
import { toFloat32, type StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { fromStateDict, momentsToStateDict, tableOf, toStateDict } from 'trainer/compute/parameter-table';
import { adamStep } from 'trainer/optimise/adam';
import { configOf, type ReferenceArchitecture } from './architecture.ts';
import { largestError, scalarError, updateError, type Finding, type Values } from './compare.ts';
import { pick, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

interface Json {
  config: {
    arch: ReferenceArchitecture;
    adam: { lr: number; betas: [number, number]; eps: number; steps: number; loss: 'mse' | 'l1' };
  };
  scalars: Record<string, number | number[]>;
  tolerances: Record<string, { tol: number; tol_relative?: number; update_rel_l2?: { tol: number } }>;
}

/** Everything the files of a whole network pin: forward, maps, statistics, gradients, Adam steps, losses. */
export async function checkSparnetNetwork(reference: Reference): Promise<Finding[]> {
  const { config, scalars, tolerances } = reference.json as unknown as Json;
  const weights = await reference.read('weights');
  const inputs = await reference.read('inputs');
  const model = createSparnet(configOf(config.arch));
  const input = tensorOf(pick(inputs, 'input'));
  const target = tensorOf(pick(inputs, 'target'));
  const losses: Record<string, number | number[]> = {};
  const findings: Finding[] = [];
  const tolerance = (file: string): number => tolerances[file]?.tol ?? 0;
  const restart = (): unknown => model.loadStateDict(weights);

  async function compare(file: string, found: Record<string, Values>): Promise<void> {
    const error = largestError(found, await reference.read(file));
    findings.push({ name: file, error, tolerance: tolerance(file) });
  }

  if (reference.lists('eval')) {
    restart();
    const odd = tensorOf(pick(inputs, 'input_odd'));
    await compare('eval', { ...forward(model, input, ''), ...forward(model, odd, '_odd') });
    odd.dispose();
  }
  if (reference.lists('train')) {
    restart();
    const found = forward(model, input, '', true);
    const expected = await reference.read('train');
    for (const [name, { data }] of Object.entries(await model.stateDict())) {
      if (`after.${name}` in expected) found[`after.${name}`] = data;
    }
    await compare('train', found);
  }
  for (const kind of ['mse', 'l1'] as const) {
    if (!reference.lists(`grads-${kind}`)) continue;
    restart();
    const { found, loss } = gradients(model, input, target, kind, true);
    losses[`loss_${kind}`] = loss;
    if (kind === 'mse') {
      restart();
      const still = gradients(model, input, target, kind, false);
      found['grad_input_eval_mode'] = still.found['grad_input'] as Values;
      losses['loss_mse_eval_mode'] = still.loss;
    }
    await compare(`grads-${kind}`, found);
  }
  if (reference.lists('adam5')) {
    restart();
    const { found, trajectory } = adamSteps(model, input, target, weights, config.adam);
    losses['adam_losses_before_each_step'] = trajectory;
    await compare('adam5', found);
    const trained = new Set(model.slots().flatMap(({ kind, name }) => (kind === 'parameter' ? [name] : [])));
    findings.push({
      name: 'adam5 update',
      error: updateError(found, await reference.read('adam5'), weights, (name) => trained.has(name)),
      tolerance: tolerances['adam5']?.update_rel_l2?.tol ?? 0,
    });
    await compare('adam5-eval', { output: forward(model, input, '')['output'] as Values });
    losses['adam_loss_eval_mode_after'] = gradients(model, input, target, 'mse', false).loss;
  }
  const names = Object.keys(scalars);
  if (names.length > 0) {
    findings.push({
      name: 'scalars',
      error: scalarError(
        names.flatMap((name) => losses[name] ?? []),
        names.flatMap((name) => scalars[name] as number | number[]),
      ),
      tolerance: tolerances['scalars']?.tol_relative ?? 0,
    });
  }
  tf.dispose([input, target]);
  model.dispose();
  return findings;
}

/** Output and attention maps, named as the files name them. */
export function forward(
  model: Sparnet,
  input: tf.Tensor4D,
  suffix: string,
  training = false,
): Record<string, Values> {
  const found: Record<string, Values> = {};
  const output = model.forward(input, {
    training,
    attention: (name, map) => void (found[`att${suffix}.${name}.att_func`] = referenceOrder(map)),
  });
  found[`output${suffix}`] = referenceOrder(output);
  output.dispose();
  return found;
}

function lossOf(kind: 'mse' | 'l1', output: tf.Tensor4D, target: tf.Tensor4D): tf.Scalar {
  return pixelLoss(output, target, { kind: kind === 'mse' ? 'squared' : 'absolute' });
}

function gradients(
  model: Sparnet,
  input: tf.Tensor4D,
  target: tf.Tensor4D,
  kind: 'mse' | 'l1',
  training: boolean,
) {
  const parameters = model.slots().filter((slot) => slot.kind === 'parameter');
  const swept = sweep(
    () => lossOf(kind, model.forward(input, { training }), target),
    [...parameters.map(({ variable }) => variable), input],
  );
  const found: Record<string, Values> = {};
  for (const [index, { name, layout }] of parameters.entries()) {
    found[`grad.${name}`] = inDiskOrder(swept.gradients[index] as tf.Tensor, layout);
  }
  found['grad_input'] = referenceOrder(swept.gradients.at(-1) as tf.Tensor);
  return { found, loss: spent(swept) };
}

/** Adam on the flat vector of all parameters, as the trainer does it. */
function adamSteps(
  model: Sparnet,
  input: tf.Tensor4D,
  target: tf.Tensor4D,
  weights: StateDict,
  { lr, betas, eps, steps, loss }: Json['config']['adam'],
) {
  const table = tableOf(model.slots());
  const values = new Float32Array(table.total);
  fromStateDict(table, weights, values);
  const parameters = values.subarray(0, table.parameters);
  const [firstMoment, secondMoment, flat] = [0, 1, 2].map(() => new Float32Array(table.parameters)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const variables = new Map(model.slots().map(({ name, variable }) => [name, variable]));
  const trained = table.entries.filter(({ kind }) => kind === 'parameter');
  const leaves = trained.map(({ name }) => variables.get(name) as tf.Variable);
  const trajectory: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const swept = sweep(() => lossOf(loss, model.forward(input, { training: true }), target), leaves);
    for (const [index, { start }] of trained.entries()) {
      flat.set((swept.gradients[index] as tf.Tensor).dataSync(), start);
    }
    commitUpdates(swept.updates);
    trajectory.push(spent(swept));
    const [beta1, beta2] = betas;
    adamStep({
      parameters,
      gradients: flat,
      firstMoment,
      secondMoment,
      step,
      learningRate: lr,
      beta1,
      beta2,
      epsilon: eps,
    });
    for (const { name, shape, start, size } of trained) {
      tf.tidy(() => variables.get(name)?.assign(tf.tensor(values.slice(start, start + size), shape)));
    }
  }
  for (const { name, start, kind } of table.entries) {
    if (kind === 'buffer') values.set((variables.get(name) as tf.Variable).dataSync(), start);
  }
  const state = Object.entries(toStateDict(table, values)).map(([name, { data }]) => [name, data] as const);
  return { found: Object.fromEntries(state) as Record<string, Values>, trajectory };
}

function inDiskOrder(gradient: tf.Tensor, layout: DiskLayout): Values {
  const entry = {
    name: 'g',
    kind: 'parameter',
    dtype: 'F32',
    layout,
    shape: gradient.shape,
    start: 0,
  } as const;
  const table = {
    entries: [{ ...entry, shape: [...gradient.shape], size: gradient.size }],
    parameters: gradient.size,
    total: gradient.size,
  };
  return toFloat32(pick(momentsToStateDict(table, gradient.dataSync() as Float32Array, ''), 'g'));
}

function spent({ loss, gradients: all, updates }: Sweep): number {
  const value = loss.dataSync()[0] as number;
  tf.dispose([loss, all, updates.map((update) => update.value)]);
  return value;
}
