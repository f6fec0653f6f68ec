import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import * as engine from '@sparnet/engine';
import { expect, test, vi } from 'vitest';
import { attributeNames } from './native-attributes.ts';

interface Binding {
  executeOp(name: string, attributes: { name: string }[], inputs: number[], count: number): object[];
}

test.skipIf(!process.env['SPARNET_NATIVE'])(
  'native TensorFlow knew the names of all attributes that a forward and a backward pass use',
  async () => {
    const { dispose } = await engine.useEngine('native');
    const used = namesUsed(() => {
      const x = tf.ones<tf.Rank.R4>([1, 8, 8, 4]);
      const filter = tf.ones<tf.Rank.R4>([3, 3, 4, 4]);
      engine.sweep(() => {
        const features = engine.leakyRelu(engine.conv2d(engine.reflectPad(x, 1), filter), 0.2);
        const { y } = engine.batchNormTraining(features, tf.ones([4]), tf.zeros([4]));
        const pooled = engine.maxPool(engine.upsampleNearest2x(y), { size: 2 });
        return engine.meanOverAll(engine.concatChannels([engine.sigmoid(pooled), x]));
      }, [x, filter]);
      tf.softmax(tf.matMul(tf.transpose(tf.sum<tf.Tensor2D>(x, [0, 1])), tf.ones([8, 2])));
      tf.image.resizeBilinear(x, [4, 4]);
    });
    expect(used.size).toBeGreaterThan(10);
    expect([...used].filter((name) => !(attributeNames as readonly string[]).includes(name))).toEqual([]);
    dispose();
  },
);

/** The names of all attributes that reach TensorFlow meanwhile. */
function namesUsed(compute: () => void): Set<string> {
  const backend = tf.backend() as unknown as { binding: Binding };
  const { binding } = backend;
  const executeOp = vi.fn<Binding['executeOp']>(binding.executeOp);
  // Its own properties can't be changed.
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } }) as Binding;
  tf.tidy(compute);
  backend.binding = binding;
  return new Set(executeOp.mock.calls.flatMap(([, attributes]) => attributes.map(({ name }) => name)));
}
