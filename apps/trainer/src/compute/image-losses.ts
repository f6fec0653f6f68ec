import { SparnetError, isSparnetError } from '@sparnet/core';
import { scaleBy } from '@sparnet/engine';
import { faceRecognition, lpips } from '@sparnet/features';
import { faceRecognitionWeights, networkWeights } from '@sparnet/features/node';
import { identityLoss, lpipsLoss, perceptualLoss, pixelLoss, vgg19Network } from '@sparnet/losses';
import type * as tf from '@tensorflow/tfjs-core';
import type { Objective } from './objective.ts';

/** The weighted terms of a loss, by name. */
export type Terms = Record<string, tf.Scalar>;

/** Compares an output [N,H,W,3] with its target, both in [-1, 1]. */
export type ImageLosses = (output: tf.Tensor4D, target: tf.Tensor4D) => Terms;

/** The seed of a perceptual network of random weights. */
const anySeed = 1;

type Loss = (output: tf.Tensor4D, target: tf.Tensor4D) => tf.Scalar;

/**
 * The terms of an objective that compare images, with the networks that they need.
 *
 * @throws SparnetError `missing-file` or `missing-package` that says what to fetch when weights are not there.
 */
export async function openImageLosses(objective: Objective): Promise<ImageLosses> {
  const { pixel, perceptual, identity } = objective;
  const losses: [name: string, weight: number, loss: Loss][] = [];
  if (pixel.weight > 0)
    losses.push(['pixel', pixel.weight, (output, target) => pixelLoss(output, target, pixel)]);
  if (perceptual)
    losses.push([
      'perceptual',
      perceptual.weight,
      await openPerceptual(perceptual).catch(withWayOut(perceptual.file)),
    ]);
  if (identity) {
    const network = faceRecognition(await faceRecognitionWeights());
    losses.push(['identity', identity.weight, (output, target) => identityLoss(output, target, { network })]);
  }
  return (output, target) =>
    Object.fromEntries(
      losses.map(([name, weight, loss]) => {
        const value = loss(output, target);
        return [name, weight === 1 ? value : scaleBy(value, weight)];
      }),
    );
}

/** What the trainer's user can do where the weights are not there, or are others. */
function withWayOut(file: string | undefined): (error: unknown) => never {
  return (error) => {
    if (!isSparnetError(error)) throw error;
    const what =
      file === undefined || error.message.includes(file) ? error.message : `${file}: ${error.message}`;
    const named = file === undefined ? 'name the file (--perceptual-weights FILE)' : 'name another file';
    throw new SparnetError(
      error.code,
      `${what}. Or ${named}, take the smaller network (--perceptual lpips-squeeze), or train without this term ` +
        '(--perceptual-weight 0)',
      { cause: error },
    );
  };
}

async function openPerceptual({ network, file }: NonNullable<Objective['perceptual']>): Promise<Loss> {
  const from = file === undefined ? {} : { path: file };
  if (network === 'lpips-squeeze') {
    const metric = lpips({ net: 'squeeze', backbone: await networkWeights('squeezenet1_1', from) });
    return (output, target) => lpipsLoss(output, target, { metric });
  }
  const vgg19 =
    network === 'vgg19'
      ? vgg19Network({ weights: await networkWeights('vgg19', from) })
      : vgg19Network({ randomWeights: anySeed });
  return (output, target) => perceptualLoss(output, target, { network: vgg19 });
}
