import { SparnetError } from '@sparnet/core';
import { resample, scope } from '@sparnet/engine';
import { ConvLayer, Module, type ForwardOptions, type ModuleOptions } from '@sparnet/layers';
import type * as tf from '@tensorflow/tfjs-core';
import {
  layerChannels,
  leastImageSize,
  resolveDiscriminatorConfig,
  type DiscriminatorConfig,
  type DiscriminatorConfigInput,
} from './discriminator-config.ts';

const rgb = 3;

/** What one discriminator thinks of its image. */
export type Judgement = {
  /** [N,H',W',1]: a score a patch, unbounded; larger is more like a real image. */
  score: tf.Tensor4D;
  /** The output of every layer in front of the score, from the first on. */
  features: tf.Tensor4D[];
};

/**
 * The discriminators of SPARNetHD (section III-C of the paper): the same patch discriminator, with weights of its own,
 * on the image and on its repeated halves. Input [N,H,W,3], RGB in [-1, 1], no side shorter than
 * {@link leastImageSize}. `forward` gives a {@link Judgement} for each, that of the whole image first; it throws
 * SparnetError `bad-argument` for a smaller image.
 */
export class MultiscaleDiscriminator extends Module<Judgement[]> {
  readonly config: DiscriminatorConfig;
  readonly #pool: PatchDiscriminator[];

  constructor(config: DiscriminatorConfigInput, place: ModuleOptions = {}) {
    super(place);
    this.config = resolveDiscriminatorConfig(config);
    const scales = Array.from({ length: this.config.scales }, (_, scale) => scale);
    this.#pool = scales.map((scale) =>
      this.child(`D_pool.${scale}`, (inside) => new PatchDiscriminator(this.config, inside)),
    );
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): Judgement[] {
    checkSize(x, this.config);
    return scope(() => {
      let image = x;
      return this.#pool.map((discriminator, scale) => {
        if (scale > 0) image = halved(image);
        return discriminator.forward(image, { training });
      });
    });
  }
}

/**
 * Discriminators with random weights: convolutions N(0, 0.02), biases 0.
 *
 * @param config - See {@link discriminatorPreset} for those that go with a preset.
 * @param options.seed - Equal seeds give equal weights. A non-negative integer below 2^53.
 * @param options.variables - Who makes the variables; `tf.variable` by default.
 * @throws SparnetError `bad-config` that names the key, `bad-argument` for a bad seed.
 */
export function createDiscriminator(
  config: DiscriminatorConfigInput,
  { seed = 0, variables }: Pick<ModuleOptions, 'seed' | 'variables'> = {},
): MultiscaleDiscriminator {
  return new MultiscaleDiscriminator(config, { seed, ...(variables && { variables }) });
}

/** Convolutions that halve the image some times, then one that scores each patch. */
class PatchDiscriminator extends Module<Judgement> {
  readonly #layers: ConvLayer[];
  readonly #score: ConvLayer;

  constructor(config: DiscriminatorConfig, place: ModuleOptions) {
    super(place);
    const { norm, spectralNorm } = config;
    const channels = layerChannels(config);
    this.#layers = channels.map((outChannels, index) =>
      this.child(
        `model.${index}`,
        (inside) =>
          new ConvLayer({
            ...inside,
            inChannels: channels[index - 1] ?? rgb,
            outChannels,
            scale: index === 0 ? 'none' : 'down',
            norm: index === 0 ? 'none' : norm,
            activation: 'leaky-relu',
            spectralNorm,
          }),
      ),
    );
    const inChannels = channels.at(-1) ?? rgb;
    this.#score = this.child(
      'score_out',
      (inside) => new ConvLayer({ ...inside, inChannels, outChannels: 1, padding: 'none', spectralNorm }),
    );
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): Judgement {
    const features: tf.Tensor4D[] = [];
    for (const layer of this.#layers) features.push(layer.forward(features.at(-1) ?? x, { training }));
    return { score: this.#score.forward(features.at(-1) ?? x, { training }), features };
  }
}

function checkSize({ shape: [, height, width] }: tf.Tensor4D, config: DiscriminatorConfig): void {
  const least = leastImageSize(config);
  if (height >= least && width >= least) return;
  const what = `${config.scales} discriminators of ${config.halvings} halvings`;
  throw new SparnetError(
    'bad-argument',
    `expected images of at least ${least}x${least} pixels for ${what}, got ${width}x${height}`,
  );
}

/** As the release does it: bicubic with a = -0.75, half-pixel centres, no antialiasing. */
function halved(image: tf.Tensor4D): tf.Tensor4D {
  return resample(image, { mode: 'bicubic', scaleFactor: 0.5 });
}
