export { planBlocks, type BlockPlan } from './block-plan.ts';
export {
  blockTypes,
  depthRules,
  resolveConfig,
  type BlockType,
  type DepthRule,
  type SparnetConfig,
  type SparnetConfigInput,
} from './config.ts';
export {
  leastImageSize,
  resolveDiscriminatorConfig,
  type DiscriminatorConfig,
  type DiscriminatorConfigInput,
} from './discriminator-config.ts';
export {
  discriminatorPreset,
  discriminatorPresetNames,
  type DiscriminatorPresetName,
} from './discriminator-presets.ts';
export { enhance, ensembles, type Ensemble } from './enhance.ts';
export { loadModel, modelBytes, modelMetadata } from './model-file.ts';
export { createDiscriminator, MultiscaleDiscriminator, type Judgement } from './multiscale-discriminator.ts';
export { networkInput } from './network-input.ts';
export { preset, presetNames, type PresetName } from './presets.ts';
export type { ModelSource, PublishedModel } from './read-source.ts';
export { createSparnet, Sparnet } from './sparnet.ts';
export { summary, type Summary } from './summary.ts';
export { summaryText } from './summary-text.ts';
