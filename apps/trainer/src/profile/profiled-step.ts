import { randomStream } from '@sparnet/core';
import { sweep } from '@sparnet/engine';
import { imageToFloats } from '@sparnet/image';
import { pixelLoss, type PixelLossKind, type PixelReduction } from '@sparnet/losses';
import type { Sparnet } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import type { SharedNetwork } from '../compute/shared-network.ts';
import { adamStep } from '../optimise/adam.ts';
import { globalNorm } from '../optimise/clip.ts';
import { averageInto } from '../optimise/ema.ts';
import type { Ledger } from './ledger.ts';

/** What the loss is charged to, which is outside the network. */
export const lossLayer = 'loss';

const learningRate = 1e-4;
const averageDecay = 0.999;

/**
 * A training step as a worker of the trainer does it, on random images: weights and images to the engine, loss and
 * gradients, which come back; their norm, Adam and the moving average. Each call is the next step.
 */
export function profiledStep(
  network: SharedNetwork<Sparnet>,
  {
    batch,
    seed,
    loss,
    checkpointing,
  }: {
    batch: number;
    seed: number;
    loss: { kind: PixelLossKind; reduction: PixelReduction };
    checkpointing: boolean;
  },
): (ledger: Ledger) => void {
  const { model, table, leaves } = network;
  const { inputSize, outputSize } = model.config;
  const input = randomImages(batch, inputSize, { seed, index: 0 });
  const target = randomImages(batch, outputSize, { seed, index: 1 });
  const values = new Float32Array(table.total);
  network.initialise(values);
  const average = values.slice();
  const results = new Float32Array(table.total);
  const gradients = results.subarray(0, table.parameters);
  const trained = values.subarray(0, table.parameters);
  const firstMoment = new Float32Array(table.parameters);
  const secondMoment = new Float32Array(table.parameters);
  let step = 0;

  return (ledger) => {
    step += 1;
    network.load(values);
    const given = images(input, batch, inputSize);
    const wanted = images(target, batch, outputSize);

    ledger.enterPhase('forward');
    ledger.enterLayer([lossLayer]);
    const options = { training: true, checkpointing };
    const swept = sweep(() => pixelLoss(model.forward(given, options), wanted, loss), leaves);

    ledger.enterPhase('copies');
    ledger.enterLayer([]);
    network.write(results, values, swept.gradients, swept.updates);
    tf.dispose([given, wanted, swept.loss, swept.gradients, swept.updates.map(({ value }) => value)]);

    ledger.enterPhase('optimiser');
    globalNorm([gradients]);
    adamStep({ parameters: trained, gradients, firstMoment, secondMoment, step, learningRate });
    values.set(results.subarray(table.parameters), table.parameters);
    averageInto(average, values, averageDecay);
  };
}

/** Square images one below the other, as the loader gives them. */
function randomImages(count: number, side: number, address: { seed: number; index: number }): Uint8Array {
  const random = randomStream({ ...address, purpose: 'profile' });
  return Uint8Array.from({ length: count * side * side * 3 }, () => random.integer(256));
}

function images(data: Uint8Array, count: number, side: number): tf.Tensor4D {
  const column = { width: side, height: count * side, channels: 3, data } as const;
  return tf.tensor4d(imageToFloats(column), [count, side, side, 3]);
}
