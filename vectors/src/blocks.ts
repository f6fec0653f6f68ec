import { sweep, meanSquaredError } from '@sparnet/engine';
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

/** Single blocks: outputs, gradients, maps and running statistics. */
export async function checkBlocks(reference: Reference): Promise<Finding[]> {
  const { config, tolerances } = reference.json as unknown as Json;
  const findings: Finding[] = [];
  for (const [kind, cases] of Object.entries(config.cases) as [Kind, Case[]][]) {
    const state = await reference.read(kind);
    const found: Record<string, Values> = {};
    for (const block of cases) {
      for (const [name, values] of Object.entries(await runCase(kind, block, under(state, `${block.id}/`)))) {
        found[`${block.id}/${name}`] = values;
      }
    }
    const expected = Object.entries(state).filter(([name]) => !/\/(input|r|w\..*)$/.test(name));
    findings.push({
      name: kind,
      error: largestError(found, Object.fromEntries(expected)),
      tolerance: tolerances[kind].tol,
    });
  }
  return findings;
}

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
async function runCase(kind: Kind, block: Case, tensors: StateDict): Promise<Record<string, Values>> {
  const module = makers[kind](block);
  const load = (): unknown => module.loadStateDict(under(tensors, 'w.'));
  load();
  if (!module.slots().some(({ kind: slot }) => slot === 'buffer')) return results(module, tensors, false, '');
  const training = results(module, tensors, true, 'train.');
  const buffers = module.slots().filter(({ kind: slot }) => slot === 'buffer');
  for (const { name, variable } of buffers) {
    const key = `train.after.${name}`;
    if (key in tensors) training[key] = (await variable.data()) as Float32Array;
  }
  load();
  return { ...training, ...results(module, tensors, false, 'eval.') };
}

function results(
  module: Module,
  state: StateDict,
  training: boolean,
  prefix: string,
): Record<string, Values> {
  const input = tensorOf(pick(state, 'input'));
  const weights = tensorOf(pick(state, 'r'));
  const found: Record<string, Values> = {};
  const attention: AttentionListener = (_, map) => void (found[`${prefix}att`] = referenceOrder(map));
  const parameters = module.slots().filter(({ kind }) => kind === 'parameter');
  const swept = sweep(() => {
    const output = module.forward(input, { training, attention });
    found[`${prefix}output`] = referenceOrder(output);
    return meanSquaredError(output, tf.sub<tf.Tensor4D>(output, tf.mul(weights, output.size / 2)));
  }, [input, ...parameters.map(({ variable }) => variable)]);
  found[`${prefix}grad_input`] = referenceOrder(swept.gradients[0] as tf.Tensor);
  for (const [index, { name, layout, variable }] of parameters.entries()) {
    const gradient = (swept.gradients[index + 1] as tf.Tensor).dataSync() as Float32Array;
    found[`${prefix}grad.${name}`] = layout === 'filter' ? filterToDisk(gradient, variable.shape) : gradient;
  }
  for (const { buffer, value } of swept.updates) {
    buffer.assign(value);
    value.dispose();
  }
  tf.dispose([input, weights, swept.loss, swept.gradients]);
  return found;
}
