export { averageBlur } from './blur/average-blur.ts';
export { gaussianBlur } from './blur/gaussian-blur.ts';
export {
  generalisedGaussianBlur,
  generalisedGaussianKernel,
  type GeneralisedGaussian,
} from './blur/generalised-gaussian-blur.ts';
export { kernelBlur, type Kernel } from './blur/kernel-blur.ts';
export { medianBlur } from './blur/median-blur.ts';
export { motionBlur, motionKernel, type Motion } from './blur/motion-blur.ts';
export { sincBlur, sincKernel, type Sinc } from './blur/sinc-blur.ts';
export { jitterColour, type Jitter } from './colour/jitter-colour.ts';
export { removeColour } from './colour/remove-colour.ts';
export { shiftColour } from './colour/shift-colour.ts';
export { jpegArtifacts } from './jpeg/jpeg-artifacts.ts';
export { qualityOfCompression } from './jpeg/quality-of-compression.ts';
export { gaussianNoise } from './noise/gaussian-noise.ts';
export { poissonNoise } from './noise/poisson-noise.ts';
export { resize, type ResizeFilter, type ResizeOptions, type ResizeRule } from './resize/resize.ts';
export { presets, type PresetName } from './presets/presets.ts';
export { apply, type Degraded } from './recipe/apply.ts';
export { applyAtOwnSize } from './recipe/apply-at-own-size.ts';
export { checkParameters } from './recipe/check-parameters.ts';
export { checkRecipe } from './recipe/check-recipe.ts';
export type {
  ChosenStep,
  Drawn,
  DrawnStep,
  Enlargement,
  Parameters,
  Recipe,
  RecipeStep,
} from './recipe/recipe.ts';
export { sample } from './recipe/sample.ts';
export type { Step, StepName } from './recipe/step.ts';
