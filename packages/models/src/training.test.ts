import { meanSquaredError, sweep, useEngine } from '@sparnet/engine';
import { createSparnet, preset, presetNames } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => {
  await useEngine('wasm');
});

// With few channels, the blocks and hourglasses of the preset itself; of larger images than 128x128 a part.
test.each(presetNames)('%s trains: every parameter has a gradient, and a step against it helps', (name) => {
  const whole = preset(name);
  const part = whole.outputSize / 128;
  const config = {
    ...whole,
    inputSize: whole.inputSize / part,
    outputSize: 128,
    minFeatureSize: whole.minFeatureSize / part,
    minChannels: 4,
    maxChannels: 8,
    hourglassWidth: 4,
  };
  const model = createSparnet(config, { seed: 3 });
  const input = tf.randomUniform<tf.Rank.R4>([1, config.inputSize, config.inputSize, 3], -1, 1, 'float32', 1);
  const target = tf.randomUniform<tf.Rank.R4>(
    [1, config.outputSize, config.outputSize, 3],
    -1,
    1,
    'float32',
    2,
  );
  const slots = model.slots().filter(({ kind }) => kind === 'parameter');
  const variables = slots.map(({ variable }) => variable);
  const step = () => {
    const { loss, gradients, updates } = sweep(
      () => meanSquaredError(model.forward(input, { training: true }), target),
      variables,
    );
    const value = loss.dataSync()[0] as number;
    tf.dispose([loss, updates.map((update) => update.value)]);
    return { value, gradients };
  };

  const { value: before, gradients } = step();
  const without = slots.filter((_, index) =>
    tf.tidy(() => tf.max(tf.abs(gradients[index] as tf.Tensor)).dataSync()[0] === 0),
  );
  // With eight channels the squeeze of RCAN and CBAM has one, which its ReLU may shut off at the start.
  expect(without.filter((slot) => !/\.(down|up)\.conv2d/.test(slot.name))).toEqual([]);
  const square = tf.tidy(
    () => tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))).dataSync()[0] as number,
  );
  const rate = (0.004 * before) / square; // the loss falls by 0.4 % to first order
  tf.tidy(() => {
    for (const [index, variable] of variables.entries()) {
      variable.assign(tf.sub(variable, tf.mul(gradients[index] as tf.Tensor, rate)));
    }
  });
  const { value: after, gradients: others } = step();
  expect((before - after) / before).toBeGreaterThan(0.001);
  tf.dispose([input, target, gradients, others]);
  model.dispose();
});
