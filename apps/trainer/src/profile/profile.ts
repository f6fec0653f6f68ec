import { summary, type SparnetConfig } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import type { ParameterTable } from '../compute/parameter-table.ts';
import type { ClockName } from './clocks.ts';
import {
  besidesKernels,
  kernelRows,
  operationRows,
  sumOf,
  type KernelRow,
  type OperationRow,
} from './kernel-rows.ts';
import { layerRows, type LayerRow } from './layer-rows.ts';
import { phases, type Entry, type Phase } from './ledger.ts';
import type { MachineLimit } from './machine-limit.ts';
import type { KeptTensor, Peak, SeenMemory } from './watch-memory.ts';

/** What a training step needs in bytes. */
export interface MemoryUse {
  peak: Peak;
  /** What the forward pass keeps for the backward pass. */
  kept: number;
  keptTensors: KeptTensor[];
  weights: number;
  gradients: number;
  /** Adam's two moments and the moving average, which lie outside the engine. */
  optimiser: number;
  /** Of the process now, and the most that it was. */
  resident: number;
  mostResident: number;
  /** WebAssembly's memory; 0 for other engines. */
  wasmHeap: number;
}

/** Where time and memory of a training step go. */
export interface Profile {
  engine: { name: string; why: string; threads: number; graphicsProcessor: boolean };
  network: SparnetConfig;
  batch: number;
  clock: ClockName;
  /** For how much of the steps' time on the wall this process computed; below 1 others used the machine. */
  computing: number;
  /** The length of every step that was measured. */
  stepsMs: number[];
  /** Of the step that is shown: the one of median length. */
  stepMs: number;
  /** The median of as many steps that were not looked into, between the others: what looking costs is the difference. */
  unwatchedMs: number;
  phasesMs: Record<Phase, number>;
  /** JavaScript in forward and backward pass and copies, operations' own code included. */
  outsideKernelsMs: number;
  inOperationsMs: number;
  limit: MachineLimit;
  /** For one image, in the forward pass. */
  multiplyAdds: number;
  /** What the step's multiply-adds (three times those of the forward pass) take at the limit. */
  leastMs: number;
  layers: LayerRow[];
  kernels: KernelRow[];
  operations: OperationRow[];
  memory: MemoryUse;
}

/** What was measured of some steps. */
export interface Measured {
  engine: Profile['engine'];
  /** Where the time of each step went, in milliseconds. */
  watchedSteps: Entry[][];
  /** How long the steps between them took. */
  unwatchedMs: number[];
  computing: number;
  limit: MachineLimit;
  memory: SeenMemory;
  table: ParameterTable;
}

/** The profile of the step of median length. WebAssembly's memory and that of the process are read now. */
export function profileOf(
  { engine, watchedSteps, unwatchedMs, computing, limit, memory, table }: Measured,
  { network, batch, clock }: Pick<Profile, 'network' | 'batch' | 'clock'>,
): Profile {
  const entries = median(watchedSteps, sumOf);
  const { layers, multiplyAdds } = summary(network);
  const kernels = kernelRows(entries, entries.some(({ kind }) => kind === 'library') ? 'library' : 'kernel');
  const besides = (name: string): number => kernels.find((row) => row.name === name)?.totalMs ?? 0;
  const inOperationsMs = besides(besidesKernels.operations);
  return {
    engine,
    network,
    batch,
    clock,
    computing,
    stepsMs: watchedSteps.map(sumOf),
    stepMs: sumOf(entries),
    unwatchedMs: median(unwatchedMs, (ms) => ms),
    phasesMs: Object.fromEntries(
      phases.map((phase) => [phase, sumOf(entries.filter((entry) => entry.phase === phase))]),
    ) as Record<Phase, number>,
    outsideKernelsMs: inOperationsMs + besides(besidesKernels.javascript),
    inOperationsMs,
    limit,
    multiplyAdds,
    leastMs: (2 * 3 * multiplyAdds * batch) / limit.gflops / 1e6,
    layers: layerRows(entries, { shapes: layers, kept: memory.kept, images: batch }),
    kernels,
    operations: operationRows(entries),
    memory: memoryOf(table, memory),
  };
}

/** The one in the middle by its length; of an even number the shorter one. */
function median<Item>(items: readonly Item[], lengthOf: (item: Item) => number): Item {
  const byLength = items.toSorted((a, b) => lengthOf(a) - lengthOf(b));
  return byLength[Math.floor((byLength.length - 1) / 2)] as Item;
}

function memoryOf(table: ParameterTable, { peak, kept }: SeenMemory): MemoryUse {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  return {
    peak,
    kept: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    keptTensors: kept,
    weights: 4 * table.total,
    gradients: 4 * table.parameters,
    optimiser: 4 * (2 * table.parameters + table.total),
    resident: process.memoryUsage.rss(),
    mostResident: 1024 * process.resourceUsage().maxRSS,
    wasmHeap: wasm?.HEAPU8.length ?? 0,
  };
}
