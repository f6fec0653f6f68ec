import { useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { FaceAttentionUnit, type FaceAttentionUnitOptions } from './index.ts';

const options: FaceAttentionUnitOptions = {
  inChannels: 3,
  outChannels: 4,
  scale: 'down',
  hourglassWidth: 4,
  hourglassDepth: 1,
};

/** A Face Attention Unit as a layer of tfjs-layers, which owns its variables. */
class FaceAttentionLayer extends tf.layers.Layer {
  static className = 'FaceAttentionLayer';
  #unit: FaceAttentionUnit | undefined;

  override build(): void {
    this.#unit = new FaceAttentionUnit({
      ...options,
      variables: ({ name, shape, trainable, initial }) => {
        const initializer = { apply: () => tf.tensor(initial, shape) } as unknown as Initializer;
        return this.addWeight(
          name,
          shape,
          'float32',
          initializer,
          undefined,
          trainable,
        ).read() as tf.Variable;
      },
    });
    this.built = true;
  }

  override computeOutputShape([batch, height, width]: number[]): (number | null)[] {
    return [batch ?? null, (height ?? 0) / 2, (width ?? 0) / 2, options.outChannels];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: { training?: boolean }): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return (this.#unit as FaceAttentionUnit).forward(x as tf.Tensor4D, { training });
  }
}
type Initializer = Parameters<tf.layers.Layer['addWeight']>[3];

describe.each(['cpu', 'wasm'] as const)('on %s', (engineName) => {
  beforeAll(async () => {
    await useEngine(engineName);
  });

  test('a Face Attention Unit learns inside a tfjs-layers model', async () => {
    const model = tf.sequential({
      layers: [
        new FaceAttentionLayer({ inputShape: [8, 8, 3] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.glorotNormal({ seed: 5 }) }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
    expect(model.layers[0]?.trainableWeights.length).toBe(24);
    const before = model.getWeights().map((weight) => weight.dataSync().slice());
    const [x, y] = [tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 7), tf.ones([4, 1])];
    await model.fit(x, y, { epochs: 1, batchSize: 4 });
    const after = model.getWeights().map((weight) => weight.dataSync());
    const still = model.weights
      .filter((_, index) => sameValues(before[index], after[index]))
      .map(({ name }) => name);
    expect(still).toEqual([]);
    const { history } = await model.fit(x, y, { epochs: 5, batchSize: 4 });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    model.dispose();
    tf.dispose([x, y]);
  });

  test('and in a plain program with tf.grads', () => {
    const unit = new FaceAttentionUnit(options);
    const trained = unit.slots().filter(({ kind }) => kind === 'parameter');
    const optimizer = tf.train.adam(0.01);
    const x = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, 'float32', 3);
    const step = (): number =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => tf.mean<tf.Scalar>(tf.square(tf.sub(unit.forward(x, { training: true }), 1))),
          trained.map(({ variable }) => variable),
        );
        optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
        return value.dataSync()[0] as number;
      });
    const first = step();
    const tensors = tf.memory().numTensors;
    const losses = [step(), step(), step()];
    expect(losses.at(-1)).toBeLessThan(first);
    expect(tf.memory().numTensors).toBe(tensors);
    const [toInput] = tf.grads((input) => unit.forward(input as tf.Tensor4D))([x]) as [tf.Tensor];
    expect(toInput.shape).toEqual(x.shape);
    expect(toInput.abs().max().dataSync()[0]).toBeGreaterThan(0);
    unit.dispose();
    optimizer.dispose();
    tf.dispose([x, toInput]);
  });
});

function sameValues(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean {
  return Array.from(a ?? []).join() === Array.from(b ?? []).join();
}
