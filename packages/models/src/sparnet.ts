import { add, checkpointed, resample, scope } from '@sparnet/engine';
import {
  AttendedResidualBlock,
  ConvLayer,
  FaceAttentionUnit,
  Module,
  ScaleResidualBlock,
  type FeatureShape,
  type ForwardOptions,
  type LayerVisitor,
  type ModuleOptions,
} from '@sparnet/layers';
import type * as tf from '@tensorflow/tfjs-core';
import { firstChannels, planBlocks, type BlockPlan } from './block-plan.ts';
import { resolveConfig, type SparnetConfig, type SparnetConfigInput } from './config.ts';

const rgb = 3;

/**
 * The spatial attention residual network. Input [N,H,W,3], RGB in [-1, 1]: the LR image, enlarged to the
 * output size unless the configuration's input is smaller. Output [N,H',W',3], about [-1, 1], not clipped.
 */
export class Sparnet extends Module {
  readonly config: SparnetConfig;
  readonly #first: ConvLayer;
  readonly #blocks: (FaceAttentionUnit | ScaleResidualBlock | AttendedResidualBlock)[];
  readonly #last: ConvLayer;

  constructor(config: SparnetConfigInput, place: ModuleOptions = {}) {
    super(place);
    this.config = resolveConfig(config);
    const plans = planBlocks(this.config);
    const { spectralNorm } = this.config;
    const first = firstChannels(this.config);
    const last = plans.at(-1)?.outChannels ?? first;
    this.#first = this.child(
      'encoder.0',
      (inside) => new ConvLayer({ ...inside, inChannels: rgb, outChannels: first, spectralNorm }),
    );
    this.#blocks = plans.map((plan) =>
      this.child(plan.name, (inside) => makeBlock(this.config, plan, inside)),
    );
    this.#last = this.child(
      'out_conv',
      (inside) => new ConvLayer({ ...inside, inChannels: last, outChannels: rgb, spectralNorm }),
    );
  }

  override forward(x: tf.Tensor4D, options: ForwardOptions = {}): tf.Tensor4D {
    const { training = false, checkpointing = false } = options;
    return scope(() => {
      const features = this.#blocks.reduce(
        (input, block) =>
          checkpointing
            ? checkpointed((inner) => block.forward(inner, options), input)
            : block.forward(input, options),
        this.#first.forward(x, { training }),
      );
      const output = this.#last.forward(features, { training });
      if (!this.config.globalSkip) return output;
      const [, height, width] = output.shape;
      return add(output, resample(x, { mode: 'bicubic', size: [height, width] }));
    });
  }

  /** The shape of the result; `visit` is told about every layer with weights. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    const features = this.#blocks.reduce(
      (shape, block) => block.trace(shape, visit),
      this.#first.trace(input, visit),
    );
    return this.#last.trace(features, visit);
  }
}

/**
 * A SPARNet with random weights, as the release starts from: convolutions N(0, 0.02), biases 0.
 *
 * @param config - See {@link preset} for those of the paper.
 * @param options.seed - Equal seeds give equal weights. A non-negative integer below 2^53.
 * @param options.variables - Who makes the variables; `tf.variable` by default.
 * @throws SparnetError `bad-config` that names the key, `bad-argument` for a bad seed.
 */
export function createSparnet(
  config: SparnetConfigInput,
  { seed = 0, variables }: Pick<ModuleOptions, 'seed' | 'variables'> = {},
): Sparnet {
  return new Sparnet(config, { seed, ...(variables && { variables }) });
}

function makeBlock(config: SparnetConfig, plan: BlockPlan, place: Required<ModuleOptions>) {
  const { norm, spectralNorm, activation, attention, hourglassWidth, block } = config;
  const { inChannels, outChannels, scale, hourglassDepth } = plan;
  const options = { ...place, inChannels, outChannels, scale, norm, spectralNorm, activation };
  if (!plan.attends) return new ScaleResidualBlock(options);
  if (block === 'fau')
    return new FaceAttentionUnit({ ...options, attention, hourglassWidth, hourglassDepth });
  return new AttendedResidualBlock({ ...options, attention: block });
}
