import * as tf from '@tensorflow/tfjs-core';
import type { Ledger, Phase } from './ledger.ts';
import { replaceMethod } from './replace-method.ts';
import type { KeepListener } from './watch-recorder.ts';

/** A tensor that the forward pass keeps for the backward pass, of the operation that kept it first. */
export interface KeptTensor {
  layer: readonly string[];
  operation: string;
  shape: number[];
  bytes: number;
}

/** When the tensors of a step were largest. */
export interface Peak {
  /** Of all tensors, weights included; what a kernel allocates for itself is not counted. */
  bytes: number;
  phase: Phase;
  layer: readonly string[];
  /** What made the last of them, from the outermost to the innermost; empty for JavaScript. */
  working: string[];
}

/** What {@link watchMemory} saw. */
export interface SeenMemory {
  peak: Peak;
  /** Largest first. Variables are not among them. */
  kept: KeptTensor[];
}

type TensorTable = WeakMap<object, { bytes: number }>;

/**
 * Follow what tensors occupy. Clones share their values, which count once.
 *
 * @returns `onKeep` is to be told what is kept; `end` ends it.
 */
export function watchMemory(ledger: Ledger): { onKeep: KeepListener; end(): SeenMemory } {
  const table = (tf.engine().state as unknown as { tensorInfo: TensorTable }).tensorInfo;
  const kept = new Map<object, KeptTensor>();
  const variables = new Set<object>(
    Object.values(tf.engine().state.registeredVariables).map(({ dataId }) => dataId),
  );
  let bytes = tf.memory().numBytes;
  let peak = momentOf(ledger, bytes);
  const ends = [
    replaceMethod(table, 'set', (set) => {
      return function setWatched(this: unknown, id: object, entry: { bytes: number }): unknown {
        bytes += entry.bytes;
        if (bytes > peak.bytes) peak = momentOf(ledger, bytes);
        return set.call(this, id, entry) as unknown;
      };
    }),
    replaceMethod(table, 'delete', (remove) => {
      return function deleteWatched(this: unknown, id: object): unknown {
        bytes -= table.get(id)?.bytes ?? 0;
        return remove.call(this, id) as unknown;
      };
    }),
  ];
  return {
    onKeep(operation, tensors) {
      for (const { dataId, shape, size, dtype } of tensors) {
        if (variables.has(dataId) || kept.has(dataId)) continue;
        const { layer } = ledger;
        kept.set(dataId, { layer, operation, shape, bytes: size * tf.util.bytesPerElement(dtype) });
      }
    },
    end() {
      for (const end of ends) end();
      return { peak, kept: [...kept.values()].toSorted((a, b) => b.bytes - a.bytes) };
    },
  };
}

function momentOf({ phase, layer, working }: Ledger, bytes: number): Peak {
  return { bytes, phase, layer, working: [...working] };
}
