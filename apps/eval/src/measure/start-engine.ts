import { useEngine, type Engine, type EngineName } from '@sparnet/engine';
import { enableProdMode } from '@tensorflow/tfjs-core';

/** `useEngine`, without the box of lines in which each thread's cpu engine advises to install another package. */
export function startEngine(name: EngineName | 'auto'): Promise<Engine> {
  enableProdMode();
  return useEngine(name);
}
