import * as tf from '@tensorflow/tfjs-core';
import type { Ledger } from './ledger.ts';

/** What of an operation of `@sparnet/engine` is needed here. */
interface Operation {
  name: string;
  keepsInputs: readonly number[];
  keepsOutputs: readonly number[];
  backward(given: object): unknown;
}

type Compute = () => tf.Tensor[];
type Block = (x: tf.Tensor4D) => tf.Tensor4D;

/** The recorder of a sweep of `@sparnet/engine`. */
interface Recorder {
  record(
    operation: Operation,
    inputs: readonly tf.Tensor[],
    attributes: object,
    compute: Compute,
  ): tf.Tensor[];
  recordBlock(block: Block, x: tf.Tensor4D): tf.Tensor4D;
}

/** Where `@sparnet/engine` has the recorder that is active: one place for all copies of it. */
const place = Symbol.for('sparnet.recorder');

/** Told what an operation keeps for its backward pass; some of it may be kept by others already. */
export type KeepListener = (operation: string, kept: readonly tf.Tensor[]) => void;

/**
 * Tell the forward pass of a sweep from its backward pass, and charge the latter to the layers whose forward pass
 * recorded it: from the beginning of an operation's backward pass to that of the next.
 *
 * @returns Ends it.
 */
export function watchRecorder(ledger: Ledger, onKeep?: KeepListener): () => void {
  const watching = new WeakSet<Recorder>();
  let active: Recorder | undefined;
  Object.defineProperty(globalThis, place, {
    configurable: true,
    get: () => active,
    set(recorder: Recorder | undefined) {
      // Blocks that run again in the backward pass have recorders of their own, which are no new forward pass.
      if (!recorder && ledger.phase === 'forward') ledger.enterPhase('backward');
      active = recorder && (watching.has(recorder) ? recorder : watched(recorder, ledger, onKeep));
      if (active) watching.add(active);
    },
  });
  return () => {
    delete (globalThis as { [place]?: Recorder })[place];
  };
}

function watched(recorder: Recorder, ledger: Ledger, onKeep?: KeepListener): Recorder {
  return {
    ...recorder,
    record(operation, inputs, attributes, compute) {
      const { layer } = ledger;
      const backward = (given: object): unknown => {
        ledger.enterLayer(layer);
        return ledger.frame('operation', `${operation.name} backward`, () => operation.backward(given));
      };
      let before = 0;
      const outputs = recorder.record({ ...operation, backward }, inputs, attributes, () => {
        const made = compute();
        before = tf.memory().numTensors;
        return made;
      });
      // What no gradient flows through is not kept.
      if (onKeep && tf.memory().numTensors > before)
        onKeep(operation.name, keptBy(operation, inputs, outputs));
      return outputs;
    },
    recordBlock(block, x) {
      const { layer } = ledger;
      onKeep?.('checkpoint', [x]);
      return recorder.recordBlock((again) => {
        ledger.enterLayer(layer);
        return block(again);
      }, x);
    },
  };
}

function keptBy(
  { keepsInputs, keepsOutputs }: Operation,
  inputs: readonly tf.Tensor[],
  outputs: readonly tf.Tensor[],
): tf.Tensor[] {
  const kept = [...keepsInputs.map((index) => inputs[index]), ...keepsOutputs.map((index) => outputs[index])];
  return kept.filter((tensor) => tensor !== undefined);
}
