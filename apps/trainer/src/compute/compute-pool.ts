import { SparnetError, checkInteger, type ErrorCode } from '@sparnet/core';
import { Worker } from 'node:worker_threads';
import type { Matrix } from '../optimise/muon.ts';
import type { AnswerMessage, CallName, ComputeCalls, Shard } from './messages.ts';
import type { ParameterTable } from './parameter-table.ts';

/** Threads that share one network's values and compute on them. */
export interface ComputePool {
  engine: { name: string; why: string };
  workers: number;
  /** The generator's. */
  table: ParameterTable;
  /** All its values, `table.total` of them: change them between calls only, then call `changed`. */
  values: Float32Array;
  /** The moving average of `values`. */
  average: Float32Array;
  /** The discriminators, if the objective has them. Their values are changed as the generator's. */
  opponent?: { table: ParameterTable; values: Float32Array } | undefined;
  /** How long the result of {@link differentiate} is. */
  resultSize: number;
  /** Say that `values` or `average` have changed. */
  changed(): void;
  initialise(argument: ComputeCalls['initialise'][0]): Promise<void>;
  /**
   * The mean gradient over the shards' images in the first `table.parameters` places of `into`, and behind them the
   * mean of the shards' new buffers; then the same of the discriminators. Summed in the order of the shards: the same
   * bits for any number of workers. Returns the mean of each term of the loss.
   */
  differentiate(shards: readonly Shard[], into: Float32Array): Promise<Record<string, number>>;
  /**
   * Give matrices that lie in a vector, which is at most `resultSize` long, singular values near 1, in place. Each is
   * computed by itself: the same bits for any number of workers.
   */
  orthogonalise(vector: Float32Array, matrices: readonly Matrix[]): Promise<void>;
  /** Predictions of many shards, in their order. */
  predict(
    shards: readonly Pick<Shard, 'count' | 'input'>[],
    options: { weights: 'values' | 'average'; attention?: boolean },
  ): Promise<ComputeCalls['predict'][1][]>;
  usage(): Promise<ComputeCalls['usage'][1][]>;
  close(): Promise<void>;
}

/**
 * Start `workers` threads, each with an engine and the network.
 *
 * @throws SparnetError `bad-argument` for less than one worker, `engine-unavailable`, or `worker-died` when a thread ends by itself, now or at any later call.
 */
export async function openComputePool(
  workers: number,
  options: ComputeCalls['open'][0],
): Promise<ComputePool> {
  checkInteger('workers', workers, 1);
  const threads = Array.from({ length: workers }, () => startThread());
  const [first, ...others] = await allOrClose(threads, (thread) => thread.call('open', options));
  const { engine, tables } = first as ComputeCalls['open'][1];
  const mixed = others.find((other) => other.engine.name !== engine.name);
  if (mixed) {
    await closeAll(threads);
    throw new SparnetError('engine-unavailable', `workers run on ${engine.name} and ${mixed.engine.name}`);
  }

  const { generator: table, discriminator } = tables;
  const resultSize = table.total + (discriminator?.total ?? 0);
  const allValues = sharedFloats(resultSize);
  const average = sharedFloats(table.total);
  // Two places a worker keep it busy while its last result waits for its turn in the sum.
  const results = Array.from({ length: 2 * workers }, () => sharedFloats(resultSize));
  const shared = {
    values: allValues.buffer as SharedArrayBuffer,
    average: average.buffer as SharedArrayBuffer,
    results: results.map((result) => result.buffer as SharedArrayBuffer),
  };
  await allOrClose(threads, (thread) => thread.call('attach', shared));
  let version = 0;

  return {
    engine,
    workers,
    table,
    values: allValues.subarray(0, table.total),
    average,
    ...(discriminator && { opponent: { table: discriminator, values: allValues.subarray(table.total) } }),
    resultSize,
    changed: () => void (version += 1),
    async initialise(argument) {
      await threads[0]?.call('initialise', argument);
      version += 1;
    },
    async differentiate(shards, into) {
      const images = shards.reduce((sum, { count }) => sum + count, 0);
      const terms: Record<string, number> = {};
      into.fill(0);
      await inOrder(threads, shards, results, {
        compute: async (thread, shard, place) => {
          const found = await thread.call('differentiate', { shard, place, version });
          return { place, found, weight: shard.count / images };
        },
        collect: ({ place, found, weight }) => {
          for (const [name, value] of Object.entries(found))
            terms[name] = (terms[name] ?? 0) + value * weight;
          addScaled(into, results[place] as Float32Array, weight);
        },
      });
      return terms;
    },
    async orthogonalise(vector, matrices) {
      const scratch = results[0] as Float32Array;
      scratch.set(vector);
      const ordered = matrices.toSorted((a, b) => b.rows * b.columns - a.rows * a.columns);
      const parts = threads.map((_, place) => ordered.filter((__, index) => index % workers === place));
      await Promise.all(
        threads.map((thread, index) =>
          thread.call('orthogonalise', { place: 0, matrices: parts[index] as Matrix[] }),
        ),
      );
      vector.set(scratch.subarray(0, vector.length));
    },
    async predict(shards, { weights, attention = false }) {
      const answers: ComputeCalls['predict'][1][] = [];
      await inOrder(threads, shards, results, {
        compute: (thread, { count, input }) =>
          thread.call('predict', { weights, version, count, input, attention }),
        collect: (answer, index) => (answers[index] = answer),
      });
      return answers;
    },
    usage: () => Promise.all(threads.map((thread) => thread.call('usage', undefined))),
    async close() {
      await closeAll(threads);
    },
  };
}

/** Give each item to the next free thread and place; collect the answers in the items' order, freeing their places. */
async function inOrder<Item, Answer>(
  threads: readonly Thread[],
  items: readonly Item[],
  places: readonly unknown[],
  work: {
    compute(thread: Thread, item: Item, place: number): Promise<Answer>;
    collect(answer: Answer, index: number): void;
  },
): Promise<void> {
  const answers = new Map<number, { answer: Answer; place: number }>();
  const free = places.map((_, place) => place);
  let next = 0;
  let collected = 0;
  let wake: (() => void)[] = [];

  async function serve(thread: Thread): Promise<void> {
    while (next < items.length) {
      const place = free.shift();
      if (place === undefined) {
        await new Promise<void>((resolve) => wake.push(resolve));
        continue;
      }
      const index = next++;
      answers.set(index, { answer: await work.compute(thread, items[index] as Item, place), place });
      for (let ready = answers.get(collected); ready; ready = answers.get(collected)) {
        work.collect(ready.answer, collected);
        answers.delete(collected++);
        free.push(ready.place);
      }
      for (const resume of wake.splice(0)) resume();
    }
  }
  await Promise.all(threads.map(serve));
}

function addScaled(into: Float32Array, from: Float32Array, weight: number): void {
  for (let i = 0; i < into.length; i++) (into[i] as number) += (from[i] as number) * weight;
}

function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

/** The main thread's side of a worker. */
interface Thread {
  call<Name extends CallName>(name: Name, argument: ComputeCalls[Name][0]): Promise<ComputeCalls[Name][1]>;
  close(): Promise<void>;
}

function startThread(): Thread {
  const worker = new Worker(new URL('./compute-worker.ts', import.meta.url));
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: unknown): void }>();
  let calls = 0;
  let death: SparnetError | undefined;

  const die = (reason: string, cause?: unknown): void => {
    death ??= new SparnetError('worker-died', `a compute worker died: ${reason}`, { cause });
    for (const { reject } of waiting.values()) reject(death);
    waiting.clear();
  };
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error), error));
  worker.on('exit', (code) => die(`it ended with code ${code}`));
  worker.on('message', (message: AnswerMessage) => {
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if ('answer' in message) call?.resolve(message.answer as never);
    else call?.reject(revived(message.error));
  });

  return {
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        if (death) return reject(death);
        calls += 1;
        waiting.set(calls, { resolve, reject });
        worker.postMessage({ id: calls, name, argument });
      }),
    async close() {
      death ??= new SparnetError('worker-died', 'the compute pool was closed');
      await worker.terminate();
    },
  };
}

function revived({ code, message }: { code?: string; message: string }): Error {
  return code ? new SparnetError(code as ErrorCode, message) : new Error(message);
}

/** One after the other, as they were opened. */
async function closeAll(threads: readonly Thread[]): Promise<void> {
  for (const thread of threads) await thread.close();
}

/**
 * The same call on all threads, one after the other: two threads that load native TensorFlow at the same moment may crash
 * (see `introduceAttributes` of `@sparnet/engine`). When one fails, all are closed before its error goes on.
 */
async function allOrClose<Result>(
  threads: readonly Thread[],
  call: (thread: Thread) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  try {
    for (const thread of threads) results.push(await call(thread));
    return results;
  } catch (error) {
    await closeAll(threads);
    throw error;
  }
}
