import type { Scale } from '@sparnet/layers';
import type { SparnetConfig } from './config.ts';

/** One residual block of a SPARNet, in the order of the forward pass. */
export interface BlockPlan {
  /** Its prefix in the state dict: `encoder.1`, `res_layers.0`, `decoder.0`, ... */
  name: string;
  inChannels: number;
  outChannels: number;
  scale: Scale;
  /** Is it one of the blocks with attention? Of those, a `fau` block with an hourglass of depth 0 has no map. */
  attends: boolean;
  /** How often the hourglass halves the features; 0 where there is no hourglass. */
  hourglassDepth: number;
  /** Side of the block's input for an image of the configured size. */
  inputSize: number;
  outputSize: number;
}

/**
 * The blocks of a network: halving blocks from the input to the smallest feature size,
 * blocks that keep it, doubling blocks up to the output size. Channels double and halve with them; each block's are
 * clipped to [minChannels, maxChannels], the count that is doubled and halved is not.
 */
export function planBlocks(config: SparnetConfig): BlockPlan[] {
  const steps = blockSteps(config);
  const plans: BlockPlan[] = [];
  let count = firstChannels(config);
  let size = config.inputSize;
  let depth = Math.log2(64 / config.bottleneckSize) + 1;
  for (const [index, { name, scale }] of steps.entries()) {
    const [inCount, inputSize] = [count, size];
    if (scale === 'down') [count, size] = [count * 2, size / 2];
    if (scale === 'up') [count, size] = [Math.floor(count / 2), size * 2];
    if (scale === 'down') depth -= 1;
    if (scale === 'up') depth += 1;
    const attends = index >= steps.length - config.attentionBlocks;
    const wanted = config.hourglassDepth === 'released' ? depth : Math.log2(size / config.bottleneckSize);
    plans.push({
      name,
      scale,
      attends,
      inChannels: clipped(inCount, config),
      outChannels: clipped(count, config),
      hourglassDepth: attends && config.block === 'fau' ? Math.max(0, wanted) : 0,
      inputSize,
      outputSize: size,
    });
  }
  return plans;
}

/** Channels of the first convolution's output. */
export function firstChannels(config: SparnetConfig): number {
  return clipped(Math.floor(config.maxChannels / (stages(config).downBlocks + 1)), config);
}

function stages({ inputSize, outputSize, minFeatureSize, resDepth }: SparnetConfig) {
  const downBlocks = Math.log2(inputSize / minFeatureSize);
  return {
    downBlocks,
    bodyBlocks: resDepth + 3 - downBlocks,
    upBlocks: Math.log2(outputSize / minFeatureSize),
  };
}

function blockSteps(config: SparnetConfig): { name: string; scale: Scale }[] {
  const { downBlocks, bodyBlocks, upBlocks } = stages(config);
  const steps = (
    length: number,
    prefix: string,
    first: number,
    scale: Scale,
  ): { name: string; scale: Scale }[] =>
    Array.from({ length }, (_, index) => ({ name: `${prefix}.${index + first}`, scale }));
  return [
    // encoder.0 is the first convolution.
    ...steps(downBlocks, 'encoder', 1, 'down'),
    ...steps(bodyBlocks, 'res_layers', 0, 'none'),
    ...steps(upBlocks, 'decoder', 0, 'up'),
  ];
}

function clipped(channels: number, { minChannels, maxChannels }: SparnetConfig): number {
  return Math.min(Math.max(channels, minChannels), maxChannels);
}
