import { invalid } from '@sparnet/core';
import type { ActivationType, AttentionType, NormType } from '@sparnet/layers';
import type { SparnetConfigInput } from '@sparnet/models';

/** A network as the released code names its parts. */
export interface ReferenceArchitecture {
  min_ch: number;
  max_ch: number;
  in_size: number;
  out_size: number;
  min_feat_size: number;
  res_depth: number;
  relu_type: string;
  norm_type: string;
  att_name: string;
  bottleneck_size: number;
  hg_mid_ch: number;
  spectral_norm?: boolean;
}

const activations: Record<string, ActivationType> = {
  relu: 'relu',
  leakyrelu: 'leaky-relu',
  prelu: 'prelu',
  selu: 'selu',
  none: 'none',
};
const norms: Record<string, NormType> = {
  bn: 'batch',
  in: 'instance',
  gn: 'group',
  pixel: 'pixel',
  none: 'none',
};
const attentions: Record<string, AttentionType> = { spar: '2d', spar3d: '3d' };

export const activationOf = (name = 'none'): ActivationType => translated(activations, 'relu_type', name);
export const normOf = (name = 'none'): NormType => translated(norms, 'norm_type', name);
export const attentionOf = (name: string): AttentionType => translated(attentions, 'att_name', name);

/** The same network in our words. */
export function configOf(architecture: ReferenceArchitecture): SparnetConfigInput {
  const { in_size: inputSize, out_size: outputSize } = architecture;
  return {
    minChannels: architecture.min_ch,
    maxChannels: architecture.max_ch,
    inputSize,
    outputSize,
    scale: outputSize / inputSize,
    minFeatureSize: architecture.min_feat_size,
    resDepth: architecture.res_depth,
    activation: activationOf(architecture.relu_type),
    norm: normOf(architecture.norm_type),
    attention: attentionOf(architecture.att_name),
    bottleneckSize: architecture.bottleneck_size,
    hourglassWidth: architecture.hg_mid_ch,
    spectralNorm: architecture.spectral_norm ?? false,
  };
}

function translated<Word>(words: Record<string, Word>, key: string, name: string): Word {
  const word = words[name];
  if (word === undefined) throw invalid(key, `one of ${Object.keys(words).join(', ')}`, name);
  return word;
}
