import { channelsLast } from './tensors.ts';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The images of the example in torchmetrics' documentation of LPIPS: two batches of two uniform random images of 100x100,
 * as PyTorch draws them with seed 42: 24 bits of each word of MT19937.
 */
export function documentedPairs(): [tf.Tensor4D, tf.Tensor4D] {
  const random = mersenneTwister(42);
  const shape = [2, 3, 100, 100] as const;
  const batch = (): tf.Tensor4D => {
    const values = Float32Array.from(
      { length: 2 * 3 * 100 * 100 },
      () => ((random() % 2 ** 24) / 2 ** 24) * 2 - 1,
    );
    return channelsLast(values, shape);
  };
  return [batch(), batch()];
}

/** MT19937 by its definition (Matsumoto and Nishimura, 1998): 32-bit words. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const last = state[i - 1] as number;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let next = 624;
  return () => {
    if (next === 624) {
      twist(state);
      next = 0;
    }
    let word = state[next++] as number;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < 624; i++) {
    const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % 624] as number) & 0x7fffffff);
    const far = state[(i + 397) % 624] as number;
    state[i] = far ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
  }
}
