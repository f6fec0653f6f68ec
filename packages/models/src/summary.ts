import { checkInteger } from '@sparnet/core';
import type { FeatureShape, LayerShape } from '@sparnet/layers';
import type * as tf from '@tensorflow/tfjs-core';
import type { SparnetConfigInput } from './config.ts';
import { createSparnet, Sparnet } from './sparnet.ts';

/** The size and cost of a network for one image. */
export interface Summary {
  /** Every layer with weights, in the order of the forward pass; twice where its weights work twice. */
  layers: LayerShape[];
  input: FeatureShape;
  output: FeatureShape;
  /** Trained values, as papers count them: without running statistics. */
  parameters: number;
  /** Of the convolutions of one forward pass. */
  multiplyAdds: number;
  /** Bytes of all outputs of convolutions in float32; training keeps about four times this. */
  activationBytes: number;
}

/**
 * What a network consists of and costs, from its shapes alone: nothing is computed, and for a configuration no
 * variable is allocated.
 *
 * @param options.size - Height and width of the input; the configured input size by default.
 * @throws SparnetError `bad-config` that names the key, `bad-argument` for a size that the network can't take.
 */
export function summary(
  model: Sparnet | SparnetConfigInput,
  { size }: { size?: readonly [number, number] } = {},
): Summary {
  const network = model instanceof Sparnet ? model : createSparnet(model, { variables: shapeOnly });
  const [height, width] = size ?? [network.config.inputSize, network.config.inputSize];
  checkInteger('height', height, 1);
  checkInteger('width', width, 1);
  const layers: LayerShape[] = [];
  const input: FeatureShape = [height, width, 3];
  const output = network.trace(input, (layer) => layers.push(layer));
  const total = (value: (layer: LayerShape) => number): number =>
    layers.reduce((sum, layer) => sum + value(layer), 0);
  return {
    layers,
    input,
    output,
    parameters: total(({ parameters }) => parameters),
    multiplyAdds: total(({ multiplyAdds }) => multiplyAdds),
    activationBytes: total((layer) => (layer.kind === 'convolution' ? 4 * elements(layer.output) : 0)),
  };
}

function elements([height, width, channels]: FeatureShape): number {
  return height * width * channels;
}

/** A trace reads shapes and sizes only, so that ten million random numbers need not be drawn. */
function shapeOnly({ shape }: { shape: number[] }): tf.Variable {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, size, dispose() {} } as unknown as tf.Variable;
}
