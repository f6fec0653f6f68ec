import type { BufferUpdate } from '@sparnet/engine';
import type { Module, VariableFactory, VariableSpec } from '@sparnet/layers';
import * as tf from '@tensorflow/tfjs-core';
import { tableOf, type ParameterTable } from './parameter-table.ts';

/** A network whose values lie in a flat vector that threads share. */
export interface SharedNetwork<Model extends Module<unknown>> {
  model: Model;
  table: ParameterTable;
  /** The trained variables, in the table's order. */
  leaves: tf.Variable[];
  /** Copy the vector's values into the network's variables. */
  load(values: Float32Array): void;
  /** Write random values to start from into the vector. */
  initialise(values: Float32Array): void;
  /** Copy the network's values into the vector. */
  save(values: Float32Array): void;
  /**
   * Lay a result out as the vector is: gradients in the place of what is trained, new values in that of buffers.
   *
   * @param before - The vector that the pass began with, for buffers that it did not change.
   */
  write(
    result: Float32Array,
    before: Float32Array,
    gradients: readonly tf.Tensor[],
    updates: readonly BufferUpdate[],
  ): void;
}

/**
 * A network of zeros, to be loaded from a vector.
 *
 * @param make - Makes the network with the variables that the factory gives it. Its random values are drawn only when a
 *   vector is initialised: a large network has tens of millions, and each worker has a copy.
 */
export function sharedNetwork<Model extends Module<unknown>>(
  make: (variables: VariableFactory) => Model,
): SharedNetwork<Model> {
  const specs = new Map<string, VariableSpec>();
  const model = make((spec) => {
    specs.set(spec.name, spec);
    return tf.tidy(() => tf.variable(tf.zeros(spec.shape), spec.trainable));
  });
  const slots = model.slots();
  const table = tableOf(slots);
  const variables = new Map(slots.map((slot) => [slot.name, slot.variable]));
  const variableOf = (name: string): tf.Variable => variables.get(name) as tf.Variable;
  const trained = table.entries.filter(({ kind }) => kind === 'parameter');
  const places = new Map(table.entries.map((entry) => [variableOf(entry.name).id, entry]));

  return {
    model,
    table,
    leaves: trained.map(({ name }) => variableOf(name)),
    load(values) {
      for (const { name, shape, start, size } of table.entries) {
        tf.tidy(() => variableOf(name).assign(tf.tensor(values.slice(start, start + size), shape)));
      }
    },
    initialise(values) {
      for (const { name, start } of table.entries)
        values.set((specs.get(name) as VariableSpec).initial, start);
    },
    save(values) {
      for (const { name, start } of table.entries) values.set(valuesOf(variableOf(name)), start);
    },
    write(result, before, gradients, updates) {
      result.set(before.subarray(table.parameters), table.parameters);
      for (const [index, { start }] of trained.entries()) result.set(valuesOf(gradients[index]), start);
      for (const { buffer, value } of updates) {
        const place = places.get(buffer.id);
        if (place) result.set(valuesOf(value), place.start);
      }
    },
  };
}

function valuesOf(tensor: tf.Tensor | undefined): Float32Array {
  return tensor?.dataSync() as Float32Array;
}
