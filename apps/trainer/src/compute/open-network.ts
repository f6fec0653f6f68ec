import { SparnetError, isSparnetError } from '@sparnet/core';
import { scope, sweep, useEngine, type EngineName } from '@sparnet/engine';
import { floatsToImage, imageToFloats } from '@sparnet/image';
import type { Module } from '@sparnet/layers';
import { pixelLoss } from '@sparnet/losses';
import { createSparnet } from '@sparnet/models';
import { parseWeights } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import type { AttentionMap } from '../run/heat-map.ts';
import type { CallName, ComputeCalls, WeightsName } from './messages.ts';
import { tableOf, type ParameterTable } from './parameter-table.ts';

type Calls = {
  [Name in Exclude<CallName, 'open'>]: (
    argument: ComputeCalls[Name][0],
  ) => ComputeCalls[Name][1] | Promise<ComputeCalls[Name][1]>;
};

/** A network on an engine that trains on shared vectors of values. */
export interface OpenNetwork extends Calls {
  engine: { name: EngineName; why: string };
  table: ParameterTable;
}

/** Start the engine and build the network. Everything it answers is described in {@link ComputeCalls}. */
export async function openNetwork({
  engine,
  network,
  seed,
  loss,
}: ComputeCalls['open'][0]): Promise<OpenNetwork> {
  const { name, why } = await useEngine(engine);
  const model = createSparnet(network, { seed });
  const variables = new Map(model.slots().map((slot) => [slot.name, slot.variable]));
  const table = tableOf(model.slots());
  const parameters = table.entries.filter(({ kind }) => kind === 'parameter');
  const leaves = parameters.map((entry) => variables.get(entry.name) as tf.Variable);
  const places = new Map(
    table.entries.map((entry) => [(variables.get(entry.name) as tf.Variable).id, entry]),
  );
  const shared: Record<WeightsName, Float32Array> = {
    values: new Float32Array(),
    average: new Float32Array(),
  };
  let results: Float32Array[] = [];
  let loaded = '';

  /** Copy the shared weights into the network's variables, unless they are there. */
  function load(weights: WeightsName, version: number): void {
    if (loaded === `${weights} ${version}`) return;
    for (const { name: key, shape, start, size } of table.entries) {
      tf.tidy(() => variables.get(key)?.assign(tf.tensor(shared[weights].slice(start, start + size), shape)));
    }
    loaded = `${weights} ${version}`;
  }

  /** Square images one below the other, as one batch in [-1, 1]. */
  function images(data: Uint8Array, count: number, side: number): tf.Tensor4D {
    const column = { width: side, height: count * side, channels: 3, data } as const;
    return tf.tensor4d(imageToFloats(column), [count, side, side, 3]);
  }

  return {
    engine: { name, why },
    table,

    attach({ values, average, results: buffers }) {
      shared.values = new Float32Array(values);
      shared.average = new Float32Array(average);
      results = buffers.map((buffer) => new Float32Array(buffer));
      return undefined;
    },

    initialise({ weights, file }) {
      if (weights) loadFile(model, weights, file ?? 'the initial model');
      for (const { name: key, start } of table.entries)
        shared.values.set(valuesOf(variables.get(key)), start);
      return undefined;
    },

    differentiate({ shard, place, version }) {
      load('values', version);
      const result = results[place] as Float32Array;
      result.set(shared.values.subarray(table.parameters), table.parameters);
      const input = images(shard.input, shard.count, network.inputSize);
      const target = images(shard.target, shard.count, network.outputSize);
      const swept = sweep(() => pixelLoss(model.forward(input, { training: true }), target, loss), leaves);
      for (const [index, { start }] of parameters.entries())
        result.set(valuesOf(swept.gradients[index]), start);
      for (const { buffer, value } of swept.updates)
        result.set(valuesOf(value), places.get(buffer.id)?.start);
      const value = valuesOf(swept.loss)[0] as number;
      tf.dispose([input, target, swept.loss, swept.gradients, swept.updates.map((update) => update.value)]);
      return value;
    },

    predict({ weights, version, count, input, attention }) {
      load(weights, version);
      const maps: AttentionMap[] = [];
      const output = scope(() =>
        model.forward(images(input, count, network.inputSize), {
          attention: attention ? (key, map) => maps.push(mapOf(key, map)) : undefined,
        }),
      );
      const values = valuesOf(output);
      if (!values.every(Number.isFinite)) throw new SparnetError('diverged', 'an output is not finite');
      const side = network.outputSize;
      const { data } = floatsToImage(values, { width: side, height: count * side });
      output.dispose();
      return { output: data as Uint8Array, maps };
    },

    usage() {
      const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
      return { tensors: tf.memory().numTensors, heapBytes: wasm?.HEAPU8.length ?? 0 };
    },
  };
}

function loadFile(model: Module, weights: Uint8Array, name: string): void {
  const state = parseWeights(weights, { name });
  try {
    model.loadStateDict(state);
  } catch (error) {
    if (isSparnetError(error))
      throw new SparnetError(error.code, `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function valuesOf(tensor: tf.Tensor | undefined): Float32Array {
  return tensor?.dataSync() as Float32Array;
}

function mapOf(name: string, map: tf.Tensor4D): AttentionMap {
  const [, height, width, channels] = map.shape;
  const all = valuesOf(map);
  const values = new Float32Array(height * width);
  for (let i = 0; i < values.length; i++) {
    for (let c = 0; c < channels; c++) (values[i] as number) += (all[i * channels + c] as number) / channels;
  }
  return { name, height, width, values };
}
