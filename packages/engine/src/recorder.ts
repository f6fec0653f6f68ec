import * as tf from '@tensorflow/tfjs-core';
import type { Operation } from './operation.ts';

/** A change of a buffer that a forward pass asked for. `value` belongs to whoever holds this. */
export interface BufferUpdate {
  buffer: tf.Variable;
  value: tf.Tensor;
}

/** One recorded operation, with all that its backward pass needs. */
interface Step {
  operation: Operation<object>;
  attributes: object;
  inputIds: number[];
  outputIds: number[];
  needs: boolean[];
  keptInputs: tf.Tensor[];
  keptOutputs: tf.Tensor[];
}

/** Records operations in the forward pass and undoes them in reverse, freeing each tensor after its last use. */
export interface Recorder {
  record(
    operation: Operation<object>,
    inputs: readonly tf.Tensor[],
    attributes: object,
    compute: () => tf.Tensor[],
  ): tf.Tensor[];
  recordUpdate(update: BufferUpdate): void;
}

let active: Recorder | undefined;

/** The recorder of the sweep that is running its forward pass, if there is one. */
export function activeRecorder(): Recorder | undefined {
  return active;
}

/** Run `forward` while `recorder` listens. */
export function listen<Result>(recorder: Recorder, forward: () => Result): Result {
  const outer = active;
  active = recorder;
  try {
    return forward();
  } finally {
    active = outer;
  }
}

/** A recorder for the gradients of `leaves`, and its reverse pass. */
export function createRecorder(leaves: readonly tf.Tensor[]) {
  const steps: Step[] = [];
  const updates: BufferUpdate[] = [];
  /** Ids of everything a gradient flows to. */
  const differentiable = new Set(leaves.map((leaf) => leaf.id));

  // A clone shares the values: they live until the last of their tensors is disposed, wherever that one came from.
  const keep = (tensor: tf.Tensor): tf.Tensor => tf.keep(tensor.clone());

  const recorder: Recorder = {
    record(operation, inputs, attributes, compute) {
      const outputs = compute();
      const needs = inputs.map((input) => differentiable.has(input.id));
      if (!needs.includes(true)) return outputs;
      for (const output of outputs) differentiable.add(output.id);
      steps.push({
        operation,
        attributes,
        needs,
        inputIds: inputs.map((input) => input.id),
        outputIds: outputs.map((output) => output.id),
        keptInputs: operation.keepsInputs.flatMap((index) => (inputs[index] ? [keep(inputs[index])] : [])),
        keptOutputs: operation.keepsOutputs.map((index) => keep(outputs[index] as tf.Tensor)),
      });
      return outputs;
    },
    recordUpdate(update) {
      updates.push(update);
    },
  };

  /** The gradients of the scalar `loss` by id of leaf; each is the caller's to dispose. */
  function reverse(loss: tf.Tensor): Map<number, tf.Tensor> {
    const gradients = new Map<number, tf.Tensor>([[loss.id, tf.onesLike(loss)]]);
    for (let step = steps.pop(); step; step = steps.pop()) {
      const given = step.outputIds.map((id) => gradients.get(id));
      if (given.some((gradient) => gradient !== undefined)) undo(step, given, gradients);
      tf.dispose([step.keptInputs, step.keptOutputs]);
      for (const id of step.outputIds) {
        gradients.get(id)?.dispose();
        gradients.delete(id);
      }
    }
    return gradients;
  }

  function undo(step: Step, given: (tf.Tensor | undefined)[], gradients: Map<number, tf.Tensor>): void {
    const { operation, attributes, needs, inputIds, keptInputs, keptOutputs } = step;
    const found = tf.tidy(() =>
      operation.backward({ gradients: given, inputs: keptInputs, outputs: keptOutputs, attributes, needs }),
    );
    for (const [index, id] of inputIds.entries()) {
      const gradient = found[index];
      if (!gradient) continue;
      const earlier = gradients.get(id);
      if (!needs[index]) gradient.dispose();
      else if (!earlier) gradients.set(id, tf.keep(gradient));
      else {
        gradients.set(id, tf.keep(tf.add(earlier, gradient)));
        tf.dispose([earlier, gradient]);
      }
    }
  }

  /** Free whatever a forward pass that failed half-way left behind. */
  function abandon(): void {
    for (const step of steps.splice(0)) tf.dispose([step.keptInputs, step.keptOutputs]);
    for (const { value } of updates.splice(0)) value.dispose();
  }

  const differentiates = (tensor: tf.Tensor): boolean => differentiable.has(tensor.id);
  return { recorder, updates, reverse, abandon, differentiates };
}
