import * as tf from '@tensorflow/tfjs-core';
import { activeRecorder } from './recorder.ts';

/** What an operation's backward pass is given. */
export interface Backward<Attributes> {
  /** One an output; `undefined` where the loss does not depend on it. */
  gradients: readonly (tf.Tensor | undefined)[];
  /** The inputs that `keepsInputs` names, in its order. */
  inputs: readonly tf.Tensor[];
  /** The outputs that `keepsOutputs` names, in its order. */
  outputs: readonly tf.Tensor[];
  attributes: Attributes;
  /** For each input of the operation: is its gradient wanted? */
  needs: readonly boolean[];
}

/**
 * An operation of ours, defined once. It is a tfjs kernel (`name`, any backend), with a gradient that works in two
 * ways: registered for `tf.grads`, and called by {@link sweep}. Whatever it returns is new, never one of its inputs.
 */
export interface Operation<Attributes extends object> {
  name: `Sparnet${string}`;
  /** Names of the inputs in order; trailing ones may be left out in a call. */
  inputNames: readonly string[];
  keepsInputs: readonly number[];
  keepsOutputs: readonly number[];
  forward(inputs: readonly tf.Tensor[], attributes: Attributes): tf.Tensor[];
  /** The exact adjoint; an entry for each input, wanted ones filled. */
  backward(given: Backward<Attributes>): (tf.Tensor | undefined)[];
}

/** Run an operation: recorded inside a {@link sweep}, else through tfjs, whose tape then differentiates it. */
export function run<Attributes extends object>(
  operation: Operation<Attributes>,
  inputs: readonly tf.Tensor[],
  attributes: Attributes,
): tf.Tensor[] {
  const recorder = activeRecorder();
  const compute = (): tf.Tensor[] => runKernel(operation, inputs, attributes);
  return recorder ? recorder.record(operation, inputs, attributes, compute) : compute();
}

/** {@link run} where only the first output is wanted. */
export function runOne<Result extends tf.Tensor, Attributes extends object>(
  operation: Operation<Attributes>,
  inputs: readonly tf.Tensor[],
  attributes: Attributes,
): Result {
  const [result, ...others] = run(operation, inputs, attributes);
  tf.dispose(others);
  return result as Result;
}

function runKernel<Attributes extends object>(
  operation: Operation<Attributes>,
  inputs: readonly tf.Tensor[],
  attributes: Attributes,
): tf.Tensor[] {
  register(operation);
  const named: tf.NamedTensorMap = {};
  for (const [index, input] of inputs.entries()) named[inputName(operation, index)] = input;
  const result = tf.engine().runKernel(operation.name, named, attributes as tf.NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}

function inputName(operation: { name: string; inputNames: readonly string[] }, index: number): string {
  const name = operation.inputNames[index];
  if (name === undefined) throw new Error(`${operation.name} takes ${operation.inputNames.length} inputs`);
  return name;
}

/** At the first call, once a backend. A kernel that somebody registered before under this name stays. */
function register<Attributes extends object>(operation: Operation<Attributes>): void {
  const backendName = tf.getBackend();
  if (!tf.getKernel(operation.name, backendName)) {
    tf.registerKernel({
      kernelName: operation.name,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => operation.forward(inputsOf(operation, inputs), attrs as unknown as Attributes)),
    });
  }
  if (!tf.getGradient(operation.name)) tf.registerGradient(gradientOf(operation));
}

function inputsOf(operation: { inputNames: readonly string[] }, named: object): tf.Tensor[] {
  return operation.inputNames
    .map((name) => (named as tf.NamedTensorMap)[name])
    .filter((input) => input !== undefined);
}

/** The operation's gradient in tfjs' form. tfjs frees what one input's gradient made before it asks for the next. */
function gradientOf<Attributes extends object>(operation: Operation<Attributes>): tf.GradConfig {
  const { name: kernelName, inputNames, keepsInputs, keepsOutputs } = operation;
  return {
    kernelName,
    inputsToSave: keepsInputs.map((index) => inputName(operation, index)),
    outputsToSave: Array.from({ length: 8 }, (_, index) => keepsOutputs.includes(index)),
    gradFunc: (gradient, saved, attributes) => {
      const gradients = Array.isArray(gradient) ? gradient : [gradient];
      const entries = inputNames.map((name, wanted) => [
        name,
        (): tf.Tensor => {
          const all = operation.backward({
            gradients,
            inputs: saved.slice(0, keepsInputs.length),
            outputs: saved.slice(keepsInputs.length),
            attributes: attributes as unknown as Attributes,
            needs: inputNames.map((_, index) => index === wanted),
          });
          return all[wanted] as tf.Tensor;
        },
      ]);
      return Object.fromEntries(entries) as Record<string, () => tf.Tensor>;
    },
  };
}
