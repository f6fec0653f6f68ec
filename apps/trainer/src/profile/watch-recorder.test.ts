import { checkpointed, meanSquaredError, scaleBy, sigmoid, sweep, useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createLedger, type Entry } from './ledger.ts';
import { watchKernels } from './watch-kernels.ts';
import { watchRecorder } from './watch-recorder.ts';

/** A sweep of two layers, the second of which may be run again for the backward pass. */
async function swept({ again }: { again: boolean }): Promise<{ entries: Entry[]; kept: string[] }> {
  const { dispose } = await useEngine('cpu');
  const ledger = createLedger();
  const kept: string[] = [];
  const endKernels = watchKernels(ledger);
  const endRecorder = watchRecorder(ledger, (operation) => kept.push(`${ledger.layer.join()} ${operation}`));
  const x = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
  const inLayer = (name: string, work: () => tf.Tensor4D): tf.Tensor4D => {
    ledger.enterLayer([name]);
    return work();
  };
  ledger.start();
  ledger.enterPhase('forward');
  const { loss, gradients } = sweep(() => {
    const first = inLayer('first', () => scaleBy(x, 2));
    const block = (input: tf.Tensor4D): tf.Tensor4D => sigmoid(input);
    const second = inLayer('second', () => (again ? checkpointed(block, first) : block(first)));
    return meanSquaredError(
      inLayer('loss', () => scaleBy(second, 1)),
      tf.zerosLike(x),
    );
  }, [x]);
  const entries = ledger.stop();
  endRecorder();
  endKernels();
  tf.dispose([x, loss, gradients]);
  dispose();
  return { entries, kept };
}

test.each([false, true])(
  'a backward pass belongs to the layers that asked for it; run again: %s',
  async (again) => {
    const { entries, kept } = await swept({ again });
    const backwardOf = (name: string): string[] =>
      entries
        .filter((entry) => entry.name === name && entry.phase === 'backward')
        .map(({ layer }) => layer.join());
    expect(backwardOf('SparnetSigmoid backward')).toEqual(['second']);
    expect(backwardOf('SparnetMeanSquaredError backward')).toEqual(['loss']);
    expect(backwardOf('SparnetSigmoid')).toEqual(again ? ['second'] : []);
    expect(
      entries.filter(({ name, phase }) => name === 'SparnetSigmoid' && phase === 'forward'),
    ).toHaveLength(1);
    expect(kept).toContain(again ? 'second checkpoint' : 'second SparnetSigmoid');
  },
);
