import type { EngineName } from '@sparnet/engine';
import type { SparnetConfig } from '@sparnet/models';
import type { Matrix } from '../optimise/muon.ts';
import type { AttentionMap } from '../run/heat-map.ts';
import type { Objective } from './objective.ts';
import type { ParameterTable } from './parameter-table.ts';

/** Some images of a batch as bytes, HWC RGB one after the other. */
export interface Shard {
  count: number;
  /** The network's input: the LR image, enlarged or not as the network wants it. */
  input: Uint8Array;
  target: Uint8Array;
}

/** Where the networks' values lie in the shared vectors; discriminators are there where the objective has them. */
export interface Tables {
  generator: ParameterTable;
  discriminator?: ParameterTable | undefined;
}

/** A file of weights, read, and its name. */
export interface WeightsFile {
  bytes: Uint8Array;
  file: string;
}

/** Which of the shared vectors a forward pass takes its weights from. */
export type WeightsName = 'values' | 'average';

/** What a compute worker can be asked: the argument and the answer of each call. */
export interface ComputeCalls {
  open: [
    { engine: EngineName | 'auto'; network: SparnetConfig; seed: number; objective: Objective },
    { engine: { name: EngineName; why: string }; tables: Tables },
  ];
  /**
   * Shared memory: the values of the generator and, behind them, of the discriminators; the average of the generator's;
   * places for the results of shards, as long as all values.
   */
  attach: [
    { values: SharedArrayBuffer; average: SharedArrayBuffer; results: SharedArrayBuffer[] },
    undefined,
  ];
  /** Write the weights into `values`: the random ones, or those of files. */
  initialise: [{ generator?: WeightsFile | undefined; discriminator?: WeightsFile | undefined }, undefined];
  /** The gradients and the new buffers of a shard, written into a place of the results. Answers with the loss' terms. */
  differentiate: [{ shard: Shard; place: number; version: number }, Record<string, number>];
  /** Make matrices that lie in a place of the results orthogonal, in place. */
  orthogonalise: [{ place: number; matrices: readonly Matrix[] }, undefined];
  predict: [
    { weights: WeightsName; version: number; count: number; input: Uint8Array; attention: boolean },
    { output: Uint8Array; maps: AttentionMap[] },
  ];
  usage: [undefined, { tensors: number; heapBytes: number }];
}

export type CallName = keyof ComputeCalls;

/** A call on its way to a worker. */
export interface CallMessage<Name extends CallName = CallName> {
  id: number;
  name: Name;
  argument: ComputeCalls[Name][0];
}

/** Its answer. */
export type AnswerMessage =
  | { id: number; answer: unknown }
  | { id: number; error: { code?: string; message: string } };
