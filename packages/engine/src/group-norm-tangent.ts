import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

interface Attributes {
  groups: number;
  epsilon: number;
}

/** [N,H * W,groups,channels of a group]. */
type Split = tf.Tensor4D;

const operation: Operation<Attributes> = {
  name: 'SparnetGroupNormTangent',
  inputNames: ['x', 'gamma', 'tangent'],
  keepsInputs: [0, 1, 2],
  keepsOutputs: [],
  forward([x, gamma, tangent], { groups, epsilon }) {
    const { change } = normOf(split(x, groups), epsilon);
    const y = tf.mul(change(split(tangent, groups)), gammaOf(gamma, groups));
    return [tf.reshape(y, (x as tf.Tensor4D).shape)];
  },
  // With u the normalised values, r one over the deviation and J v = r (v - mean v - u mean uv), which is its own
  // adjoint, the loss is <d, J t> = n r (mean dt - mean d mean t - mean ud mean ut); du = J dx and dr = -r^2 mean(u dx).
  backward({ gradients: [dy], inputs: [x, gamma, tangent], attributes: { groups, epsilon }, needs }) {
    const { u, r, change } = normOf(split(x, groups), epsilon);
    const t = split(tangent, groups);
    const given = split(dy, groups);
    const d: Split = tf.mul(given, gammaOf(gamma, groups));
    const { shape } = x as tf.Tensor4D;
    const dx = (): tf.Tensor => {
      const [meanUd, meanUt] = [mean(tf.mul(u, d)), mean(tf.mul(u, t))];
      const inner = tf.sub(mean(tf.mul(d, t)), tf.mul(mean(d), mean(t)));
      const ofDeviation = tf.mul(tf.mul(u, r), tf.sub(inner, tf.mul(meanUd, meanUt)));
      const ofValues = tf.add(tf.mul(change(d), meanUt), tf.mul(change(t), meanUd));
      return tf.neg(tf.mul(tf.add(ofDeviation, ofValues), r));
    };
    return [
      needs[0] ? tf.reshape(dx(), shape) : undefined,
      needs[1] ? tf.reshape(tf.sum(tf.mul(given, change(t)), [0, 1]), [shape[3]]) : undefined,
      needs[2] ? tf.reshape(change(d), shape) : undefined,
    ];
  },
};

/**
 * How `groupNorm(x, gamma, beta)` begins to change when `x` moves along `tangent`.
 *
 * @param tangent - [N,H,W,C], the shape of `x`.
 */
export function groupNormTangent(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  tangent: tf.Tensor4D,
  attributes: Attributes,
): tf.Tensor4D {
  return runOne(operation, [x, gamma, tangent], attributes);
}

/** The values normalised, one over their deviation, and how the first change with a change of `x`. */
function normOf(x: Split, epsilon: number) {
  const centred: Split = tf.sub(x, mean(x));
  const r: Split = tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon));
  const u: Split = tf.mul(centred, r);
  const change = (v: Split): Split => tf.mul(r, tf.sub(tf.sub(v, mean(v)), tf.mul(u, mean(tf.mul(u, v)))));
  return { u, r, change };
}

function mean(x: Split): Split {
  return tf.mean(x, [1, 3], true);
}

function split(x: tf.Tensor | undefined, groups: number): Split {
  const [batch, height, width, channels] = (x as tf.Tensor4D).shape;
  return tf.reshape(x as tf.Tensor4D, [batch, height * width, groups, channels / groups]);
}

function gammaOf(gamma: tf.Tensor | undefined, groups: number): Split {
  return tf.reshape(gamma as tf.Tensor1D, [1, 1, groups, -1]);
}
