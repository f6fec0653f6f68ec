import * as tf from '@tensorflow/tfjs-core';
import type { Ledger } from './ledger.ts';
import { replaceMethod } from './replace-method.ts';

/** Calls into TensorFlow's library other than kernels, under the names that a profile shows. */
const libraryCalls = { createTensor: 'copy in', tensorDataSync: 'copy out', deleteTensor: 'free' };
/** What other engines do outside kernels. */
const backendCalls = { write: 'copy in', readSync: 'copy out' };

/**
 * Charge what the engine in use computes to its kernels. All engines compute a kernel while it is called, but for native
 * TensorFlow on a graphics processor.
 *
 * @returns Ends it.
 */
export function watchKernels(ledger: Ledger): () => void {
  const { binding } = tf.backend() as unknown as { binding?: object };
  const ends = [
    replaceMethod(tf.engine(), 'runKernel', (runKernel) => {
      return function runKernelWatched(this: unknown, name: string, ...rest: unknown[]): unknown {
        const kind = name.startsWith('Sparnet') ? 'operation' : 'kernel';
        return ledger.frame(kind, name, () => runKernel.call(this, name, ...rest) as unknown);
      };
    }),
    ...(binding ? watchLibrary(binding, ledger) : watchBackend(ledger)),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The library's functions can't be replaced in their object, so that the backend gets another one over it. */
function watchLibrary(binding: object, ledger: Ledger): (() => void)[] {
  const over = Object.create(binding) as object;
  replaceMethod(over, 'executeOp', (executeOp) => {
    return function executeOpWatched(name: string, ...rest: unknown[]): unknown {
      return ledger.frame('library', name, () => executeOp.call(binding, name, ...rest) as unknown);
    };
  });
  for (const [key, name] of Object.entries(libraryCalls)) {
    replaceMethod(over, key, (original) => {
      return function watched(...rest: unknown[]): unknown {
        return ledger.frame('library', name, () => original.call(binding, ...rest) as unknown);
      };
    });
  }
  const backend = tf.backend() as unknown as { binding: object };
  backend.binding = over;
  return [() => (backend.binding = binding)];
}

function watchBackend(ledger: Ledger): (() => void)[] {
  return Object.entries(backendCalls).map(([key, name]) =>
    replaceMethod(tf.backend(), key, (original) => {
      return function watched(this: unknown, ...rest: unknown[]): unknown {
        const call = (): unknown => original.call(this, ...rest) as unknown;
        // Kernels call these too, as a part of their work.
        return ledger.working.length === 0 ? ledger.frame('kernel', name, call) : call();
      };
    }),
  );
}
