import type { EngineName } from '@sparnet/engine';
import type { PixelLossKind, PixelReduction } from '@sparnet/losses';
import type { SparnetConfig } from '@sparnet/models';
import type { AttentionMap } from '../run/heat-map.ts';
import type { ParameterTable } from './parameter-table.ts';

/** Some images of a batch as bytes, HWC RGB one after the other. */
export interface Shard {
  count: number;
  /** The network's input: the LR image, enlarged or not as the network wants it. */
  input: Uint8Array;
  target: Uint8Array;
}

/** Which of the shared vectors a forward pass takes its weights from. */
export type WeightsName = 'values' | 'average';

/** What a compute worker can be asked: the argument and the answer of each call. */
export interface ComputeCalls {
  open: [
    {
      engine: EngineName | 'auto';
      network: SparnetConfig;
      seed: number;
      loss: { kind: PixelLossKind; reduction: PixelReduction };
    },
    { engine: { name: EngineName; why: string }; table: ParameterTable },
  ];
  /** Shared memory: the weights, their average, and places for the results of shards. */
  attach: [
    { values: SharedArrayBuffer; average: SharedArrayBuffer; results: SharedArrayBuffer[] },
    undefined,
  ];
  /** Write the network's weights into `values`: the random ones, or those of a model file. */
  initialise: [{ weights?: Uint8Array | undefined; file?: string }, undefined];
  /** The gradients and the new buffers of a shard, written into a place of the results. Answers with the loss. */
  differentiate: [{ shard: Shard; place: number; version: number }, number];
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
