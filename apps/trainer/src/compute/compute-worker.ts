// A thread with an engine and a copy of the network. It computes gradients of shards and predictions, on request.
import { SparnetError, isSparnetError } from '@sparnet/core';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { parentPort } from 'node:worker_threads';
import { openNetwork, type OpenNetwork } from './open-network.ts';
import type { AnswerMessage, CallMessage, CallName } from './messages.ts';

// Else each thread's cpu engine advises, in a box of lines, to install another package.
enableProdMode();

let network: OpenNetwork | undefined;

async function answer(name: CallName, argument: never): Promise<unknown> {
  if (name === 'open') {
    network = await openNetwork(argument);
    return { engine: network.engine, table: network.table };
  }
  if (!network) throw new SparnetError('bad-state', `${name} was called before open`);
  return network[name](argument);
}

parentPort?.on('message', ({ id, name, argument }: CallMessage) => {
  void answer(name, argument as never).then(
    (result) => parentPort?.postMessage({ id, answer: result } satisfies AnswerMessage),
    (error: unknown) => parentPort?.postMessage({ id, error: described(error) } satisfies AnswerMessage),
  );
});

function described(error: unknown): { code?: string; message: string } {
  if (isSparnetError(error)) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  // What WebAssembly's allocator says when its 4 GiB are used up.
  if (/out of bounds|Aborted|out of memory/i.test(message)) {
    return {
      code: 'bad-config',
      message: `the engine ran out of memory (${message}): use a smaller --shard`,
    };
  }
  return { message: error instanceof Error && error.stack ? error.stack : message };
}
