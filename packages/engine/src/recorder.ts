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
  recordUpdate(buffer: tf.Variable, compute: (current: tf.Tensor) => tf.Tensor): void;
}

/** Where the active recorder is: one place for all copies of this package, as all copies of tfjs have one engine. */
const place = Symbol.for('sparnet.recorder');
const shared = globalThis as { [place]?: Recorder | undefined };

/** The recorder of the sweep that is running its forward pass, if there is one. */
export function activeRecorder(): Recorder | undefined {
  return shared[place];
}

/** Run `forward` while `recorder` listens. */
export function listen<Result>(recorder: Recorder, forward: () => Result): Result {
  const outer = shared[place];
  shared[place] = recorder;
  try {
    return forward();
  } finally {
    shared[place] = outer;
  }
}

/** A recorder for the gradients of `leaves`, and its reverse pass. */
export function createRecorder(leaves: readonly tf.Tensor[]) {
  const steps: Step[] = [];
  /** The pending value of each buffer, by its id. */
  const updates = new Map<number, BufferUpdate>();
  /** In the reverse pass: what is known so far of the gradients, by id of tensor. */
  const gradients = new Map<number, tf.Tensor>();
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
    recordUpdate(buffer, compute) {
      const earlier = updates.get(buffer.id)?.value;
      updates.set(buffer.id, { buffer, value: tf.keep(tf.tidy(() => compute(earlier ?? buffer))) });
      earlier?.dispose();
    },
  };

  /** The gradients of the scalar `loss` by id of leaf; each is the caller's to dispose. */
  function reverse(loss: tf.Tensor): Map<number, tf.Tensor> {
    gradients.set(loss.id, tf.keep(tf.onesLike(loss)));
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
      const given = step.outputIds.map((id) => gradients.get(id));
      if (given.some((gradient) => gradient !== undefined)) undo(step, given);
      tf.dispose([step.keptInputs, step.keptOutputs]);
      steps.pop();
      for (const id of step.outputIds) {
        gradients.get(id)?.dispose();
        gradients.delete(id);
      }
    }
    return gradients;
  }

  function undo(step: Step, given: (tf.Tensor | undefined)[]): void {
    const { operation, attributes, needs, inputIds, keptInputs, keptOutputs } = step;
    tf.tidy(() => {
      // The inner tidy frees what the backward pass made on its way before anything is added up.
      const found = tf.tidy(() =>
        operation.backward({ gradients: given, inputs: keptInputs, outputs: keptOutputs, attributes, needs }),
      );
      for (const [index, id] of inputIds.entries()) {
        const gradient = found[index];
        if (!gradient || !needs[index]) continue;
        const earlier = gradients.get(id);
        gradients.set(id, tf.keep(earlier ? tf.add(earlier, gradient) : gradient));
        earlier?.dispose();
      }
    });
  }

  /** Free whatever a forward or reverse pass that failed half-way left behind. */
  function abandon(): void {
    for (const step of steps) tf.dispose([step.keptInputs, step.keptOutputs]);
    tf.dispose([...gradients.values(), ...Array.from(updates.values(), ({ value }) => value)]);
  }

  const differentiates = (tensor: tf.Tensor): boolean => differentiable.has(tensor.id);
  return { recorder, updates, reverse, abandon, differentiates };
}
