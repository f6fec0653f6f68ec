export { Activation, activationTypes, type ActivationOptions, type ActivationType } from './activation.ts';
export {
  AttendedResidualBlock,
  channelAttentionTypes,
  type AttendedResidualBlockOptions,
  type ChannelAttentionType,
} from './attended-residual-block.ts';
export { Cbam, type CbamOptions } from './cbam.ts';
export { ChannelAttention, type ChannelAttentionOptions } from './channel-attention.ts';
export {
  ConvLayer,
  paddingTypes,
  scaleTypes,
  type ConvLayerOptions,
  type PaddingType,
  type Scale,
} from './conv-layer.ts';
export { fromDisk, shapeOnDisk, toDisk, type DiskLayout } from './disk-layout.ts';
export { filterFromDisk, filterShapeOnDisk, filterToDisk } from './filter-layout.ts';
export { FaceAttentionUnit, type FaceAttentionUnitOptions } from './face-attention-unit.ts';
export { Hourglass, type HourglassOptions } from './hourglass.ts';
export type { FeatureShape, LayerShape, LayerVisitor } from './layer-shape.ts';
export type { LoadReport } from './load-state-dict.ts';
export {
  Module,
  type AttentionListener,
  type FilterShape,
  type ForwardOptions,
  type InitialValues,
  type ModuleOptions,
  type PatchShape,
  type Slot,
  type VariableFactory,
  type VariableSpec,
} from './module.ts';
export { Norm, normGroups, normTypes, type NormOptions, type NormType } from './norm.ts';
export { ScaleResidualBlock, type ScaleResidualBlockOptions } from './scale-residual-block.ts';
export {
  attentionTypes,
  SpatialAttention,
  type AttentionType,
  type SpatialAttentionOptions,
} from './spatial-attention.ts';
