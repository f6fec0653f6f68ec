import { SparnetError } from '@sparnet/core';
import { planBlocks, type SparnetConfig } from '@sparnet/models';

const activations: Record<string, string> = { 'leaky-relu': 'leakyrelu', prelu: 'prelu' };
const norms: Record<string, string> = { batch: 'bn', instance: 'in' };

/**
 * The arguments of the PyTorch network in `torch/sparnet.py` for a configuration.
 *
 * @throws SparnetError `unsupported` for what it does not have: other attention, activations or norms.
 */
export function torchArchitecture(config: SparnetConfig): Record<string, string | number> {
  const activation = activations[config.activation];
  const norm = norms[config.norm];
  const everywhere = config.attentionBlocks === planBlocks(config).length;
  if (!activation || !norm || !everywhere || config.block !== 'fau' || config.globalSkip) {
    throw new SparnetError(
      'unsupported',
      `bench/torch/sparnet.py has Face Attention Units in every block, leaky-relu or prelu, batch or instance norm, no global skip, not ${JSON.stringify(config)}`,
    );
  }
  return {
    in_size: config.inputSize,
    out_size: config.outputSize,
    min_feat_size: config.minFeatureSize,
    min_ch: config.minChannels,
    max_ch: config.maxChannels,
    res_depth: config.resDepth,
    relu_type: activation,
    norm_type: norm,
    att_name: config.attention === '2d' ? 'spar' : 'spar3d',
    bottleneck_size: config.bottleneckSize,
    hg_mid_ch: config.hourglassWidth,
    hg_depth: config.hourglassDepth,
  };
}
