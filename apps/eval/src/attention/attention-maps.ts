import { SparnetError } from '@sparnet/core';
import { scope } from '@sparnet/engine';
import { floatsToImage, imageToFloats, type Image } from '@sparnet/image';
import { networkInput, type Sparnet } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';

/** The attention map of a Face Attention Unit. */
export interface AttentionMap {
  /** The unit: `encoder.1`, `res_layers.0`, `decoder.2`. */
  name: string;
  width: number;
  height: number;
  /** Of 3-D attention, which has a map for each channel; else 1. */
  channels: number;
  /** Rows from the top, between 0 and 1; of 3-D attention the mean over the channels. */
  values: Float32Array;
}

/**
 * Where a network looks: what it makes of a face, and the maps of all its Face Attention Units in the order of the
 * forward pass.
 *
 * @param lr - As for `enhance`: resized where it has not the network's LR size.
 * @throws SparnetError `unsupported` for a network without spatial attention, `bad-image` for an invalid image.
 */
export async function attentionMaps(model: Sparnet, lr: Image): Promise<{ sr: Image; maps: AttentionMap[] }> {
  const input = networkInput(lr, model.config);
  const maps: AttentionMap[] = [];
  const output = scope(() =>
    model.forward(tf.tensor4d(imageToFloats(input), [1, input.height, input.width, input.channels]), {
      attention: (name, map) => maps.push(mapOf(name, map)),
    }),
  );
  try {
    if (maps.length === 0)
      throw new SparnetError(
        'unsupported',
        'this network has no spatial attention: none of its blocks is a Face Attention Unit with an hourglass',
      );
    const [, height, width] = output.shape;
    return { sr: floatsToImage((await output.data()) as Float32Array, { width, height }), maps };
  } finally {
    output.dispose();
  }
}

/** A map of [1,H,W,C]; its tensor is gone once the forward pass is over. */
function mapOf(name: string, map: tf.Tensor4D): AttentionMap {
  const [, height, width, channels] = map.shape;
  const all = map.dataSync() as Float32Array;
  const values = new Float32Array(height * width);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += all[i * channels + c]!;
    values[i] = sum / channels;
  }
  return { name, width, height, channels, values };
}
