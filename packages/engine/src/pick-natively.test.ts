import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { reflectPad, useEngine } from '@sparnet/engine';
import { expect, test } from 'vitest';

test.skipIf(!process.env['SPARNET_NATIVE'])(
  'padding images of ever new sizes on native lets the places of old ones go, and stays right',
  async () => {
    const { dispose } = await useEngine('native');
    // Places of 64 MiB are kept; these come to 100.
    for (let size = 1000; size < 1025; size++) {
      const x = tf.reshape<tf.Rank.R4>(tf.range(0, size * size), [1, size, size, 1]);
      const y = reflectPad(x, 1);
      const values = y.dataSync();
      expect([values[0], values.at(-1)]).toEqual([size + 1, (size - 2) * size + size - 2]);
      tf.dispose([x, y]);
    }
    dispose();
  },
);
