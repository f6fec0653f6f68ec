import { add, meanOverAll, meanSquaredError, multiply, resample, scaleBy } from '@sparnet/engine';
import { toDisk } from '@sparnet/layers';
import { createDiscriminator, type Judgement } from '@sparnet/models';
import type { StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { normOf } from './architecture.ts';
import { largestError, scalarError, type Finding, type Values } from './compare.ts';
import { gradientWays, type Differentiate } from './gradient-ways.ts';
import { pick, under, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

interface Case {
  base_ch: number;
  n_layers: number;
  norm_type: string;
  spectral_norm: boolean;
  num_D: number;
}

interface Json {
  config: { cases: Record<string, Case>; max_ch: number };
  scalars: Record<string, number>;
  tolerances: Record<'eval' | 'train', { tol: number }> & { scalars: { tol_relative: number } };
}

/** Discriminators on an image and its halves: scores, features, gradients, and the vectors of spectral norm after. */
export async function checkMultiscaleDiscriminator(reference: Reference): Promise<Finding[]> {
  const { config, scalars, tolerances } = reference.json as unknown as Json;
  const weights = await reference.read('weights');
  const inputs = await reference.read('inputs');
  const expected = { eval: await reference.read('eval'), train: await reference.read('train') };
  return Object.entries(gradientWays).flatMap(([way, differentiate]) => {
    const losses: Record<string, number> = {};
    const findings = (['eval', 'train'] as const).map((mode) => {
      const found: Record<string, Values> = {};
      for (const [id, one] of Object.entries(config.cases)) {
        const wanted = under(expected[mode], `${id}/`);
        if (Object.keys(wanted).length === 0) continue;
        const run = runCase(
          { ...one, max_ch: config.max_ch },
          { weights: under(weights, `${id}/`), inputs: under(inputs, `${id}/`) },
          { training: mode === 'train', differentiate },
        );
        losses[`${id}.${mode}.loss`] = run.loss;
        for (const [name, values] of Object.entries(run.found))
          if (name in wanted) found[`${id}/${name}`] = values;
      }
      return {
        name: `${mode} by ${way}`,
        error: largestError(found, expected[mode]),
        tolerance: tolerances[mode].tol,
      };
    });
    const names = Object.keys(scalars);
    const error = scalarError(
      names.map((name) => losses[name] ?? NaN),
      names.map((name) => scalars[name] as number),
    );
    return [...findings, { name: `scalars by ${way}`, error, tolerance: tolerances.scalars.tol_relative }];
  });
}

function runCase(
  { base_ch, max_ch, n_layers, norm_type, spectral_norm, num_D }: Case & { max_ch: number },
  { weights, inputs }: { weights: StateDict; inputs: StateDict },
  { training, differentiate }: { training: boolean; differentiate: Differentiate },
) {
  const model = createDiscriminator({
    scales: num_D,
    halvings: n_layers,
    baseChannels: base_ch,
    maxChannels: max_ch,
    norm: normOf(norm_type),
    spectralNorm: spectral_norm,
  });
  model.loadStateDict(weights);
  const input = tensorOf(pick(inputs, 'input'));
  const factors = Array.from({ length: num_D }, (_, scale) => tensorOf(pick(inputs, `r.score.${scale}`)));
  const parameters = model.slots().filter(({ kind }) => kind === 'parameter');
  const found: Record<string, Values> = {};
  const { loss, gradients } = differentiate(() => {
    const judgements = model.forward(input, { training });
    for (const [scale, { score, features }] of judgements.entries()) {
      found[`d${scale}.score`] = referenceOrder(score);
      for (const [layer, feature] of features.entries())
        found[`d${scale}.feat${layer}`] = referenceOrder(feature);
    }
    return lossOf(judgements, factors);
  }, [input, ...parameters.map(({ variable }) => variable)]);
  tf.tidy(() => {
    for (let scale = 1, image = input; scale < num_D; scale++) {
      image = resample(image, { mode: 'bicubic', scaleFactor: 0.5 });
      found[`d${scale}.input`] = referenceOrder(image);
    }
  });
  const [ofInput, ...others] = gradients as [tf.Tensor, ...tf.Tensor[]];
  found['grad_input'] = referenceOrder(ofInput);
  for (const [index, { name, layout, variable }] of parameters.entries()) {
    const gradient = (others[index] as tf.Tensor).dataSync() as Float32Array;
    found[`grad.${name}`] = toDisk(gradient, variable.shape, layout);
  }
  for (const { name, layout, variable } of model.slots())
    found[`after.${name}`] = toDisk(variable.dataSync() as Float32Array, variable.shape, layout);
  tf.dispose([input, factors, gradients]);
  model.dispose();
  return { found, loss };
}

/** The sum over scales of sum(score * factor), and of the mean square of every feature. */
function lossOf(judgements: Judgement[], factors: tf.Tensor4D[]): tf.Scalar {
  const terms = judgements.flatMap(({ score, features }, scale) => [
    scaleBy(meanOverAll(multiply(score, factors[scale] as tf.Tensor4D)), score.size),
    ...features.map((feature) => meanSquaredError(feature, tf.zerosLike(feature))),
  ]);
  return terms.reduce((sum, term) => add(sum, term));
}
