import { SparnetError, isSparnetError } from '@sparnet/core';
import { scope, useEngine, type EngineName } from '@sparnet/engine';
import { floatsToImage, imageToFloats } from '@sparnet/image';
import type { Module } from '@sparnet/layers';
import { parseWeights } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { orthogonalised } from '../optimise/orthogonalise.ts';
import { attentionMap, type AttentionMap } from '../run/heat-map.ts';
import type { CallName, ComputeCalls, Tables, WeightsFile, WeightsName } from './messages.ts';
import { openGame } from './open-game.ts';
import { shardGradients } from './shard-gradients.ts';
import type { SharedNetwork } from './shared-network.ts';

type Calls = {
  [Name in Exclude<CallName, 'open'>]: (
    argument: ComputeCalls[Name][0],
  ) => ComputeCalls[Name][1] | Promise<ComputeCalls[Name][1]>;
};

/** Networks on an engine that train on shared vectors of values. */
export interface OpenNetwork extends Calls {
  engine: { name: EngineName; why: string };
  tables: Tables;
}

/** Start the engine and build the networks. Everything it answers is described in {@link ComputeCalls}. */
export async function openNetwork({
  engine,
  network,
  seed,
  objective,
}: ComputeCalls['open'][0]): Promise<OpenNetwork> {
  const { name, why } = await useEngine(engine);
  const game = await openGame({ network, seed, objective });
  const { generator, discriminator } = game;
  const size = generator.table.total;
  const shared: Record<WeightsName, Float32Array> = {
    values: new Float32Array(),
    average: new Float32Array(),
  };
  let results: Float32Array[] = [];
  let loaded = '';

  /** Copy the shared weights into the networks' variables, unless they are there. */
  function load(weights: WeightsName, version: number): void {
    if (loaded === `${weights} ${version}`) return;
    generator.load(shared[weights].subarray(0, size));
    if (weights === 'values') discriminator?.load(shared.values.subarray(size));
    loaded = `${weights} ${version}`;
  }

  /** Square images one below the other, as one batch in [-1, 1]. */
  function images(data: Uint8Array, count: number, side: number): tf.Tensor4D {
    const column = { width: side, height: count * side, channels: 3, data } as const;
    return tf.tensor4d(imageToFloats(column), [count, side, side, 3]);
  }

  return {
    engine: { name, why },
    tables: { generator: generator.table, discriminator: discriminator?.table },

    attach({ values, average, results: buffers }) {
      shared.values = new Float32Array(values);
      shared.average = new Float32Array(average);
      results = buffers.map((buffer) => new Float32Array(buffer));
      return undefined;
    },

    initialise(files) {
      begin(generator, files.generator, shared.values.subarray(0, size));
      if (discriminator) begin(discriminator, files.discriminator, shared.values.subarray(size));
      return undefined;
    },

    differentiate({ shard, place, version }) {
      load('values', version);
      const result = results[place] as Float32Array;
      const input = images(shard.input, shard.count, network.inputSize);
      const target = images(shard.target, shard.count, network.outputSize);
      const found = shardGradients(game, input, target);
      const [own, opponents] = [result.subarray(0, size), result.subarray(size)];
      const [before, opponentsBefore] = [shared.values.subarray(0, size), shared.values.subarray(size)];
      generator.write(own, before, found.generator, found.updates);
      discriminator?.write(opponents, opponentsBefore, found.discriminator, found.updates);
      tf.dispose([input, target, found.generator, found.discriminator]);
      tf.dispose(found.updates.map(({ value }) => value));
      return found.terms;
    },

    orthogonalise({ place, matrices }) {
      const vector = results[place] as Float32Array;
      for (const { start, ...sides } of matrices) {
        const end = start + sides.rows * sides.columns;
        vector.set(orthogonalised(vector.slice(start, end), sides), start);
      }
      return undefined;
    },

    predict({ weights, version, count, input, attention }) {
      load(weights, version);
      const maps: AttentionMap[] = [];
      const output = scope(() =>
        generator.model.forward(images(input, count, network.inputSize), {
          attention: attention ? (key, map) => maps.push(attentionMap(key, map)) : undefined,
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

/** The values of a file, or else random ones, into a vector. */
function begin(
  network: SharedNetwork<Module<unknown>>,
  weights: WeightsFile | undefined,
  values: Float32Array,
): void {
  if (!weights) {
    network.initialise(values);
    return;
  }
  const name = weights.file;
  const state = parseWeights(weights.bytes, { name });
  try {
    network.model.loadStateDict(state);
    network.save(values);
  } catch (error) {
    if (isSparnetError(error))
      throw new SparnetError(error.code, `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function valuesOf(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}
