// A thread with an engine and a copy of the network. It computes gradients of shards and predictions, on request.
import { SparnetError, isSparnetError } from '@sparnet/core';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { parentPort } from 'node:worker_threads';
import { openNetwork, type OpenNetwork } from './open-network.ts';
import type { AnswerMessage, CallMessage, CallName } from './messages.ts';
import { outOfMemory } from './out-of-memory.ts';

// Else each thread's cpu engine advises, in a box of lines, to install another package.
enableProdMode();

let network: OpenNetwork | undefined;

async function answer(name: CallName, argument: never): Promise<unknown> {
  if (name === 'open') {
    network = await openNetwork(argument);
    return { engine: network.engine, tables: network.tables };
  }
  if (!network) throw new SparnetError('bad-state', `${name} was called before open`);
  return network[name](argument);
}

parentPort?.on('message', ({ id, name, argument }: CallMessage) => {
  void answer(name, argument as never).then(
    (result) => parentPort?.postMessage({ id, answer: result } satisfies AnswerMessage),
    (error: unknown) =>
      parentPort?.postMessage({ id, error: described(error, imagesOf(argument)) } satisfies AnswerMessage),
  );
});

function described(error: unknown, images: number): { code?: string; message: string } {
  const known = isSparnetError(error) ? error : outOfMemory(error, images);
  if (known) return { code: known.code, message: known.message };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The images that a call is about, if it is about any. */
function imagesOf(argument: CallMessage['argument']): number {
  const { shard, count } = (argument ?? {}) as { shard?: { count: number }; count?: number };
  return shard?.count ?? count ?? 1;
}
