import { checkInteger, checkNumber, invalid } from '@sparnet/core';

/** What one Adam step reads and changes. The four vectors have the same length. */
interface AdamStep {
  /** Changed in place. May lie on a `SharedArrayBuffer`; a part of a vector is a `subarray`. */
  parameters: Float32Array;
  gradients: Float32Array;
  /** The running mean of the gradients (PyTorch's `exp_avg`), zeros before the first step; changed in place. */
  firstMoment: Float32Array;
  /** The running mean of their squares (PyTorch's `exp_avg_sq`), zeros before the first step; changed in place. */
  secondMoment: Float32Array;
  /** The number of this step, from 1. */
  step: number;
  learningRate: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/**
 * One step of Adam in place, in PyTorch's formula and order (`torch.optim.Adam` without weight decay):
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps).
 * An element is computed in float64 and stored as float32, and depends on no other element: a vector split among
 * workers gives the same bits.
 *
 * @throws SparnetError `bad-argument` when the lengths differ or a number is out of range.
 */
export function adamStep({
  parameters,
  gradients,
  firstMoment,
  secondMoment,
  step,
  learningRate,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamStep): void {
  const count = parameters.length;
  checkLength('gradients', gradients, count);
  checkLength('firstMoment', firstMoment, count);
  checkLength('secondMoment', secondMoment, count);
  checkInteger('step', step, 1);
  checkNumber('learningRate', learningRate, 0);
  checkBeta('beta1', beta1);
  checkBeta('beta2', beta2);
  checkNumber('epsilon', epsilon, 0);

  const stepSize = learningRate / (1 - beta1 ** step);
  const rootScale = 1 / Math.sqrt(1 - beta2 ** step);
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  for (let i = 0; i < count; i++) {
    const g = gradients[i] as number;
    const m = beta1 * (firstMoment[i] as number) + rest1 * g;
    const v = beta2 * (secondMoment[i] as number) + rest2 * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    (parameters[i] as number) -= (stepSize * m) / (Math.sqrt(v) * rootScale + epsilon);
  }
}

function checkLength(name: string, vector: Float32Array, length: number): void {
  if (vector.length !== length) throw invalid(name, `${length} elements, as parameters has,`, vector.length);
}

function checkBeta(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw invalid(name, 'number of at least 0 and below 1', value);
}
