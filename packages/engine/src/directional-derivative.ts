import { SparnetError, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { add } from './add.ts';
import { groupNormTangent } from './group-norm-tangent.ts';
import { multiply } from './multiply.ts';
import { runOne, type Operation } from './operation.ts';
import { activeRecorder, listen, type Recorder } from './recorder.ts';
import { scaleBy } from './scale-by.ts';
import { sigmoid } from './sigmoid.ts';

/**
 * How the output of `fn` begins to change when `x` moves along `direction`: d/de fn(x + e direction) at e = 0, exact,
 * computed beside the forward pass by this package's operations. So it can itself be differentiated, by a sweep and by
 * `tf.grads`: by the weights in `fn` this gives second derivatives. Of slopes with a kink, as of `leakyRelu`, the side
 * taken is constant.
 *
 * Changes of buffers that `fn` asks for hold inside it, from what is in the buffers now, and are dropped with its end.
 *
 * @param fn - Made of this package's operations: convolutions, resizing, sums, products, means over space, channels or all,
 *   `groupNorm`, `leakyRelu`, `sigmoid`, `softplus`, fixed normalisations of channels. Filters, biases and the like must not
 *   depend on `x`.
 * @param direction - The shape of `x`.
 * @throws SparnetError `unsupported` when `fn` passes `x` through another operation, which the message names;
 *   `bad-argument` when its result does not depend on `x`, or the shapes differ.
 */
export function directionalDerivative<Result extends tf.Tensor>(
  fn: (x: tf.Tensor4D) => Result,
  x: tf.Tensor4D,
  direction: tf.Tensor4D,
): Result {
  if (!tf.util.arraysEqual(x.shape, direction.shape))
    throw invalid('direction', `shape [${x.shape.join(', ')}]`, direction.shape);
  const outer = activeRecorder() ?? unrecorded;
  const tangents = new Map<number, tf.Tensor>([[x.id, direction]]);
  const updates = new Map<number, tf.Tensor>();
  // Blocks of `fn` free what they made on their way; what is found beside them is of no block.
  const kept: tf.Tensor[] = [];
  const beside: Recorder = {
    record(operation, inputs, attributes, compute) {
      return listen(outer, () => {
        const outputs = outer.record(operation, inputs, attributes, compute);
        const moving = inputs.map((input) => tangents.get(input.id));
        if (moving.every((tangent) => tangent === undefined)) return outputs;
        const tangent = tf.keep(
          tf.tidy(() => tangentOf({ operation, attributes, inputs, outputs, tangents: moving })),
        );
        kept.push(tangent);
        tangents.set((outputs[0] as tf.Tensor).id, tangent);
        return outputs;
      });
    },
    recordBlock: (block, input) => block(input),
    recordUpdate(buffer, compute) {
      // A variable, as what it stands for: no tape leads through it.
      const value = tf.tidy(() => tf.variable(compute(updates.get(buffer.id) ?? buffer), false));
      kept.push(value);
      updates.set(buffer.id, value);
    },
    pending: (buffer) => updates.get(buffer.id),
  };
  try {
    return tf.tidy(() => {
      const tangent = tangents.get(listen(beside, () => fn(x)).id);
      if (tangent) return scaleBy(tangent as Result, 1);
      throw new SparnetError(
        'bad-argument',
        'the result does not depend on x: compute it with the operations of @sparnet/engine alone',
      );
    });
  } finally {
    tf.dispose(kept);
  }
}

/** What runs where nothing else listens. */
const unrecorded: Recorder = {
  record: (_operation, _inputs, _attributes, compute) => compute(),
  recordBlock: (block, x) => block(x),
  recordUpdate: () => undefined,
  pending: () => undefined,
};

/** An operation that was run; `tangents` has the change of each input that moves. */
interface Moved {
  operation: Operation<object>;
  attributes: object;
  inputs: readonly tf.Tensor[];
  outputs: readonly tf.Tensor[];
  tangents: readonly (tf.Tensor | undefined)[];
}
type Rule = (moved: Moved) => tf.Tensor;

function tangentOf(moved: Moved): tf.Tensor {
  const { name } = moved.operation;
  const rule = rules[name];
  if (rule) return rule(moved);
  throw unsupported(`through ${name}: there is no rule for it`);
}

const linear: Rule = ({ operation, attributes, tangents }) =>
  runOne(operation, tangents as tf.Tensor[], attributes);

/** Linear in its first input, and without its bias. */
const filtered: Rule = ({ operation, attributes, inputs, tangents: [x, ...others] }) => {
  checkConstant(others, operation);
  return runOne(operation, [x as tf.Tensor, inputs[1] as tf.Tensor], attributes);
};

const rules: Record<string, Rule> = {
  SparnetConv2d: filtered,
  SparnetGeneralConv2d: filtered,
  SparnetUpsampledConv2d: filtered,
  SparnetGroupNorm: ({ operation, attributes, inputs: [x, gamma], tangents: [tangent, ...others] }) => {
    checkConstant(others, operation);
    const given = attributes as { groups: number; epsilon: number };
    return groupNormTangent(x as tf.Tensor4D, gamma as tf.Tensor1D, tangent as tf.Tensor4D, given);
  },
  SparnetUpsampleNearest2x: linear,
  SparnetReflectPad: linear,
  SparnetResample: linear,
  SparnetAverageNeighbours: linear,
  SparnetCropTo: linear,
  SparnetPadTo: linear,
  SparnetScaleBy: linear,
  SparnetMeanOverSpace: linear,
  SparnetMeanOverChannels: linear,
  SparnetMeanOverAll: linear,
  SparnetAddNumber: ({ tangents: [x] }) => scaleBy(x as tf.Tensor, 1),
  SparnetNormaliseChannels: ({ operation, attributes, tangents: [x] }) => {
    const { shift } = attributes as { shift: readonly number[] };
    return runOne(operation, [x as tf.Tensor], { ...attributes, shift: shift.map(() => 0) });
  },
  SparnetAdd: ({ tangents: [a, b] }) => (a && b ? add(a, b) : scaleBy((a ?? b) as tf.Tensor, 1)),
  SparnetConcatChannels: ({ operation, attributes, inputs, tangents }) =>
    runOne(
      operation,
      inputs.map((input, index) => tangents[index] ?? tf.zerosLike(input)),
      attributes,
    ),
  SparnetMultiply: ({ operation, inputs: [a, b], tangents: [ofA, ofB] }) => {
    const parts = [ofA && [ofA, b as tf.Tensor], ofB && [a as tf.Tensor, ofB]]
      .filter((part) => part !== undefined)
      .map((part) => runOne<tf.Tensor, object>(operation, part, {}));
    return parts.reduce((sum, part) => add(sum, part));
  },
  SparnetLeakyRelu: ({ attributes, outputs: [y], tangents: [x] }) =>
    product(x, tf.step(y as tf.Tensor, (attributes as { slope: number }).slope)),
  SparnetSigmoid: ({ outputs: [y], tangents: [x] }) => {
    const square = product(y, y);
    return product(x, add(y as tf.Tensor, scaleBy(square, -1)));
  },
  SparnetSoftplus: ({ inputs: [x], tangents: [tangent] }) => product(tangent, sigmoid(x as tf.Tensor4D)),
};

/** Weights do not move. */
function checkConstant(tangents: readonly (tf.Tensor | undefined)[], { name }: Operation<object>): void {
  if (tangents.some((tangent) => tangent !== undefined)) throw unsupported(`into the weights of ${name}`);
}

function product(a: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor {
  return multiply(a as tf.Tensor4D, b as tf.Tensor4D);
}

function unsupported(where: string): SparnetError {
  return new SparnetError(
    'unsupported',
    `no directional derivative ${where}. It goes through convolutions, resizing, sums, products, means, group and ` +
      'instance norm, leakyRelu, sigmoid and softplus',
  );
}
