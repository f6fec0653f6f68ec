import * as tf from '@tensorflow/tfjs-core';
import type { Operation } from './operation.ts';

/** A change of a buffer that a forward pass asked for. `value` belongs to whoever holds this. */
export interface BufferUpdate {
  buffer: tf.Variable;
  value: tf.Tensor;
}

/** One recorded operation or block, with all that its backward pass needs. */
interface Step {
  inputIds: number[];
  outputIds: number[];
  /** Freed after the step. */
  kept: tf.Tensor[];
  /** Inside a tidy: the gradients of the inputs, where wanted. */
  backward(given: (tf.Tensor | undefined)[]): (tf.Tensor | undefined)[];
}

/** Part of a forward pass whose operations need not be kept, as it can be run again. */
export type Block = (x: tf.Tensor4D) => tf.Tensor4D;

/** Records operations in the forward pass and undoes them in reverse, freeing each tensor after its last use. */
export interface Recorder {
  record(
    operation: Operation<object>,
    inputs: readonly tf.Tensor[],
    attributes: object,
    compute: () => tf.Tensor[],
  ): tf.Tensor[];
  /** Record `block` as a whole: only its input is kept, and the backward pass runs it again. */
  recordBlock(block: Block, x: tf.Tensor4D): tf.Tensor4D;
  recordUpdate(buffer: tf.Variable, compute: (current: tf.Tensor) => tf.Tensor): void;
  /** The value that an earlier update of this pass gave to a buffer. */
  pending(buffer: tf.Variable): tf.Tensor | undefined;
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

/**
 * A recorder for the gradients of `leaves`, and its reverse pass.
 *
 * @param before - What buffers hold as the forward pass begins, where that is not what is in them.
 */
export function createRecorder(
  leaves: readonly tf.Tensor[],
  before: (buffer: tf.Variable) => tf.Tensor | undefined = () => undefined,
) {
  const steps: Step[] = [];
  /** The pending value of each buffer, by its id. */
  const updates = new Map<number, BufferUpdate>();
  /** In the reverse pass: what is known so far of the gradients, by id of tensor. */
  const gradients = new Map<number, tf.Tensor>();
  /** Ids of everything a gradient flows to. */
  const differentiable = new Set(leaves.map((leaf) => leaf.id));

  // A clone shares the values: they live until the last of their tensors is disposed, wherever that one came from.
  const keep = <Kept extends tf.Tensor>(tensor: Kept): Kept => tf.keep<Kept>(tensor.clone());
  const pending = (buffer: tf.Variable): tf.Tensor | undefined =>
    updates.get(buffer.id)?.value ?? before(buffer);

  const recorder: Recorder = {
    record(operation, inputs, attributes, compute) {
      const outputs = compute();
      const needs = inputs.map((input) => differentiable.has(input.id));
      if (!needs.includes(true)) return outputs;
      for (const output of outputs) differentiable.add(output.id);
      const keptInputs = operation.keepsInputs.flatMap((index) =>
        inputs[index] ? [keep(inputs[index])] : [],
      );
      const keptOutputs = operation.keepsOutputs.map((index) => keep(outputs[index] as tf.Tensor));
      steps.push({
        inputIds: inputs.map((input) => input.id),
        outputIds: outputs.map((output) => output.id),
        kept: [...keptInputs, ...keptOutputs],
        backward: (given) =>
          operation
            .backward({ gradients: given, inputs: keptInputs, outputs: keptOutputs, attributes, needs })
            .map((gradient, index) => (needs[index] ? gradient : undefined)),
      });
      return outputs;
    },
    recordBlock(block, x) {
      const found = new Map<number, tf.Tensor>();
      const touched = { differentiable: false };
      try {
        // A clone, as a block may return its input.
        const y = listen(onLookers(found, touched, x), () => tf.tidy(() => block(x).clone()));
        const takesGradient = differentiable.has(x.id);
        if (!takesGradient && !touched.differentiable) {
          tf.dispose([...found.values()]);
          return y;
        }
        // The block's own input is another tensor than a leaf that it may also use.
        const kept = keep(x);
        const ids = [...(takesGradient ? [x.id] : []), ...leaves.map((leaf) => leaf.id)];
        const wanted = [...(takesGradient ? [kept] : []), ...leaves];
        differentiable.add(y.id);
        steps.push({
          inputIds: ids,
          outputIds: [y.id],
          kept: [kept, ...found.values()],
          backward: ([dy]) => gradientsOfBlock(block, kept, dy as tf.Tensor, wanted, found),
        });
        return y;
      } catch (error) {
        tf.dispose([...found.values()]);
        throw error;
      }
    },
    recordUpdate(buffer, compute) {
      const earlier = updates.get(buffer.id)?.value;
      updates.set(buffer.id, { buffer, value: tf.keep(tf.tidy(() => compute(pending(buffer) ?? buffer))) });
      earlier?.dispose();
    },
    pending,
  };

  /**
   * Records nothing, but notes what a block finds in the buffers that it reads or changes, so that it can be run again
   * from there, and whether it works with a leaf.
   */
  function onLookers(
    found: Map<number, tf.Tensor>,
    touched: { differentiable: boolean },
    x: tf.Tensor,
  ): Recorder {
    const changed = new Set<number>();
    const note = (buffer: tf.Variable): tf.Tensor | undefined => {
      const value = pending(buffer);
      if (value && !changed.has(buffer.id) && !found.has(buffer.id)) found.set(buffer.id, keep(value));
      return value;
    };
    return {
      record(_operation, inputs, _attributes, compute) {
        touched.differentiable ||= inputs.some(({ id }) => id !== x.id && differentiable.has(id));
        return compute();
      },
      recordBlock: (block, input) => block(input),
      recordUpdate(buffer, compute) {
        note(buffer);
        changed.add(buffer.id);
        recorder.recordUpdate(buffer, compute);
      },
      pending: note,
    };
  }

  /** The gradients of the scalar `output`, or of any output whose own gradient is given, by id of leaf. The caller's. */
  function reverse(output: tf.Tensor, slope?: tf.Tensor): Map<number, tf.Tensor> {
    gradients.set(output.id, slope ? keep(slope) : tf.keep(tf.onesLike(output)));
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
      const given = step.outputIds.map((id) => gradients.get(id));
      if (given.some((gradient) => gradient !== undefined)) undo(step, given);
      tf.dispose(step.kept);
      steps.pop();
      for (const id of step.outputIds) {
        gradients.get(id)?.dispose();
        gradients.delete(id);
      }
    }
    return gradients;
  }

  function undo(step: Step, given: (tf.Tensor | undefined)[]): void {
    tf.tidy(() => {
      // The inner tidy frees what the backward pass made on its way before anything is added up.
      const found = tf.tidy(() => step.backward(given));
      for (const [index, id] of step.inputIds.entries()) {
        const gradient = found[index];
        if (!gradient) continue;
        const earlier = gradients.get(id);
        gradients.set(id, tf.keep(earlier ? tf.add(earlier, gradient) : gradient));
        earlier?.dispose();
      }
    });
  }

  /** Free whatever a forward or reverse pass that failed half-way left behind. */
  function abandon(): void {
    for (const step of steps) tf.dispose(step.kept);
    tf.dispose([...gradients.values(), ...Array.from(updates.values(), ({ value }) => value)]);
  }

  const differentiates = (tensor: tf.Tensor): boolean => differentiable.has(tensor.id);
  return { recorder, updates, reverse, abandon, differentiates };
}

/**
 * Run a block again and undo it: the gradients of `wanted`, given its output's.
 *
 * @param found - What it found in buffers the first time. What it makes of them this time is dropped.
 */
function gradientsOfBlock(
  block: Block,
  x: tf.Tensor4D,
  dy: tf.Tensor,
  wanted: readonly tf.Tensor[],
  found: ReadonlyMap<number, tf.Tensor>,
): (tf.Tensor | undefined)[] {
  const { recorder, reverse, abandon, updates } = createRecorder(wanted, (buffer) => found.get(buffer.id));
  try {
    const y = listen(recorder, () => tf.tidy(() => block(x)));
    const gradients = reverse(y, dy);
    const results = wanted.map((tensor) => gradients.get(tensor.id)?.clone());
    tf.dispose([...gradients.values()]);
    tf.dispose(Array.from(updates.values(), ({ value }) => value));
    return results;
  } catch (error) {
    abandon();
    throw error;
  }
}
