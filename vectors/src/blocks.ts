import { commitUpdates, meanSquaredError, sweep } from '@sparnet/engine';
import {
  Activation,
  ConvLayer,
  FaceAttentionUnit,
  Module,
  Norm,
  SpatialAttention,
  filterToDisk,
  type AttentionListener,
  type Scale,
} from '@sparnet/layers';
import type { StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { activationOf, attentionOf, normOf } from './architecture.ts';
import { largestError, type Finding, type Values } from './compare.ts';
import { pick, under, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

type Kind = 'conv' | 'hourglass' | 'residual' | 'norm' | 'act';

interface Case {
  id: string;
  args: {
    in_channels: number;
    out_channels: number;
    kernel_size?: number;
    scale?: Scale;
    norm_type?: string;
    relu_type?: string;
    use_pad?: boolean;
    channels: number;
    depth: number;
    c_in: number;
    c_out: number;
    c_mid: number;
    hg_depth: number;
    att_name: string;
  };
  mid: number;
}

interface Json {
  config: { cases: Partial<Record<Kind, Case[]>> };
  tolerances: Record<Kind, { tol: number }>;
}

/** Single blocks, differentiated in both ways: outputs, gradients, maps and running statistics. */
export async function checkBlocks(reference: Reference): Promise<Finding[]> {
  const { config, tolerances } = reference.json as unknown as Json;
  const findings: Finding[] = [];
  for (const [kind, cases] of Object.entries(config.cases) as [Kind, Case[]][]) {
    const state = await reference.read(kind);
    const expected = Object.fromEntries(
      Object.entries(state).filter(([name]) => !/\/(input|r|w\..*)$/.test(name)),
    );
    for (const [way, differentiate] of Object.entries(ways)) {
      const found: Record<string, Values> = {};
      for (const block of cases) {
        const ofBlock = await runCase(kind, block, under(state, `${block.id}/`), differentiate);
        for (const [name, values] of Object.entries(ofBlock)) found[`${block.id}/${name}`] = values;
      }
      findings.push({
        name: `${kind} by ${way}`,
        error: largestError(found, expected),
        tolerance: tolerances[kind].tol,
      });
    }
  }
  return findings;
}

/** The gradients of sum(output * weights) by the leaves, the first of which is the input. Buffers are brought up to date. */
type Differentiate = (
  forward: (input: tf.Tensor4D) => tf.Tensor4D,
  leaves: tf.Tensor[],
  weights: tf.Tensor4D,
) => tf.Tensor[];

const ways: Record<string, Differentiate> = {
  sweep(forward, leaves, weights) {
    const { loss, gradients, updates } = sweep(() => {
      const output = forward(leaves[0] as tf.Tensor4D);
      return meanSquaredError(output, tf.sub<tf.Tensor4D>(output, tf.mul(weights, output.size / 2)));
    }, leaves);
    commitUpdates(updates);
    loss.dispose();
    return gradients;
  },
  'tf.grads'(forward, leaves, weights) {
    // A layer that does nothing returns its input, which tfjs can't differentiate without the copy.
    return tf.grads((input) => tf.clone(forward(input as tf.Tensor4D)))(leaves, weights);
  },
};

const makers: Record<Kind, (block: Case) => Module> = {
  conv: ({ args }) =>
    new ConvLayer({
      inChannels: args.in_channels,
      outChannels: args.out_channels,
      kernelSize: args.kernel_size ?? 3,
      scale: args.scale ?? 'none',
      norm: normOf(args.norm_type),
      activation: activationOf(args.relu_type),
      padding: (args.use_pad ?? true) ? 'reflect' : 'none',
    }),
  hourglass: ({ args }) =>
    new SpatialAttention({
      channels: args.c_in,
      type: args.c_out === 1 ? '2d' : '3d',
      hourglassWidth: args.c_mid,
      hourglassDepth: args.depth,
      norm: normOf(args.norm_type),
      activation: activationOf(args.relu_type),
    }),
  residual: ({ args, mid }) =>
    new FaceAttentionUnit({
      inChannels: args.c_in,
      outChannels: args.c_out,
      scale: args.scale ?? 'none',
      norm: normOf(args.norm_type),
      activation: activationOf(args.relu_type),
      attention: attentionOf(args.att_name),
      hourglassDepth: args.hg_depth,
      hourglassWidth: mid,
    }),
  norm: ({ args }) => new Norm({ type: normOf(args.norm_type), channels: args.channels }),
  act: ({ args }) => new Activation({ type: activationOf(args.relu_type), channels: args.channels }),
};

/** The results of a block under the names of the file; twice where batch norm makes training differ. */
async function runCase(
  kind: Kind,
  block: Case,
  tensors: StateDict,
  differentiate: Differentiate,
): Promise<Record<string, Values>> {
  const module = makers[kind](block);
  const state = under(tensors, 'w.');
  const run = (training: boolean, prefix: string): Record<string, Values> => {
    module.loadStateDict(state);
    return results(module, tensors, { differentiate, training, prefix });
  };
  const buffers = module.slots().filter((slot) => slot.kind === 'buffer');
  const found = buffers.length === 0 ? run(false, '') : run(true, 'train.');
  if (buffers.length > 0) {
    for (const { name, variable } of buffers) {
      const key = `train.after.${name}`;
      if (key in tensors) found[key] = (await variable.data()) as Float32Array;
    }
    Object.assign(found, run(false, 'eval.'));
  }
  module.dispose();
  return found;
}

function results(
  module: Module,
  state: StateDict,
  { differentiate, training, prefix }: { differentiate: Differentiate; training: boolean; prefix: string },
): Record<string, Values> {
  const input = tensorOf(pick(state, 'input'));
  const weights = tensorOf(pick(state, 'r'));
  const found: Record<string, Values> = {};
  const attention: AttentionListener = (_, map) => void (found[`${prefix}att`] = referenceOrder(map));
  const forward = (x: tf.Tensor4D): tf.Tensor4D => {
    const output = module.forward(x, { training, attention });
    found[`${prefix}output`] = referenceOrder(output);
    return output;
  };
  const parameters = module.slots().filter(({ kind }) => kind === 'parameter');
  const [first, ...others] = differentiate(
    forward,
    [input, ...parameters.map(({ variable }) => variable)],
    weights,
  ) as [tf.Tensor, ...tf.Tensor[]];
  found[`${prefix}grad_input`] = referenceOrder(first);
  for (const [index, { name, layout, variable }] of parameters.entries()) {
    const gradient = (others[index] as tf.Tensor).dataSync() as Float32Array;
    found[`${prefix}grad.${name}`] = layout === 'filter' ? filterToDisk(gradient, variable.shape) : gradient;
  }
  tf.dispose([input, weights, first, ...others]);
  return found;
}
