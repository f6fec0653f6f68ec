import * as tf from '@tensorflow/tfjs-core';

/** The fastest matrix product that the engine in use has done. */
export interface MachineLimit {
  gflops: number;
  /** The matrices are this high and wide. */
  side: number;
}

const smallestSide = 128;
const largestSide = 1024;
/** A product that takes as long is large enough. */
const longEnoughMs = 20;
const products = 5;

/**
 * Measure products of square float32 matrices, of up to 1024x1024: smaller ones where the engine is slow.
 *
 * @param now - A clock, in milliseconds.
 */
export function machineLimit(now: () => number): MachineLimit {
  let side = smallestSide;
  timedProduct(side, now); // the first one also sets the engine up
  while (side < largestSide && timedProduct(side, now) < longEnoughMs) side *= 2;
  const times = Array.from({ length: products }, () => timedProduct(side, now));
  return { side, gflops: (2 * side ** 3) / Math.min(...times) / 1e6 };
}

/** The better of two measurements, between which the machine may have been busy otherwise. */
export function betterLimit(one: MachineLimit, other: MachineLimit): MachineLimit {
  return other.gflops > one.gflops ? other : one;
}

function timedProduct(side: number, now: () => number): number {
  return tf.tidy(() => {
    const matrix = tf.fill<tf.Rank.R2>([side, side], 0.5);
    const began = now();
    tf.matMul(matrix, matrix).dataSync();
    return now() - began;
  });
}
