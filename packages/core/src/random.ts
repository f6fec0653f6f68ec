import { checkInteger } from './check.ts';
import { naturalLog } from './natural-log.ts';
import { philox, type Words } from './philox.ts';

/** Where a stream of random numbers belongs. Equal addresses give equal streams, whatever else was drawn before. */
export interface RandomAddress {
  /** Non-negative integer below 2^53. */
  seed: number;
  /** What the numbers are for: streams of different purposes are independent. */
  purpose: string;
  /** Non-negative integer below 2^32. */
  epoch?: number;
  /** Non-negative integer below 2^32. */
  index?: number;
}

/** A sequence of random numbers that depends on its address only. */
export interface RandomStream {
  /** An unsigned 32-bit integer. */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** A number in [low, high). */
  between(low: number, high: number): number;
  /** An integer in [0, count), without bias. */
  integer(count: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A standard normal deviate, from arithmetic that IEEE 754 fixes: the same bits in every JavaScript engine. */
  normal(): number;
}

/**
 * A seeded, counter-based random source (Philox 4x32-10): key = seed, counter = (block, purpose, epoch, index).
 * Nothing is shared between streams, so order and number of workers never matter.
 *
 * @throws SparnetError `bad-argument` when seed, epoch or index is out of range.
 */
export function randomStream({ seed, purpose, epoch = 0, index = 0 }: RandomAddress): RandomStream {
  checkInteger('seed', seed);
  checkInteger('epoch', epoch, 0, 0xffffffff);
  checkInteger('index', index, 0, 0xffffffff);
  const key: [number, number] = [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0];
  const counter: Words = [0, hash(purpose), epoch, index];
  let block: Words = [0, 0, 0, 0];
  let used = 4;

  function uint32(): number {
    if (used === 4) {
      block = philox(counter, key);
      counter[0] += 1;
      used = 0;
    }
    return block[used++] as number;
  }
  function uniform(): number {
    return (uint32() * 0x200000 + (uint32() >>> 11)) / 0x20000000000000;
  }
  function integer(count: number): number {
    checkInteger('count', count, 1, 0x100000000);
    const limit = 0x100000000 - (0x100000000 % count);
    for (;;) {
      const word = uint32();
      if (word < limit) return word % count;
    }
  }
  // Marsaglia's polar method; the second deviate of a pair is dropped to keep the stream a plain sequence.
  function normal(): number {
    for (;;) {
      const a = 2 * uniform() - 1;
      const b = 2 * uniform() - 1;
      const square = a * a + b * b;
      if (square > 0 && square < 1) return a * Math.sqrt((-2 * naturalLog(square)) / square);
    }
  }
  return {
    uint32,
    uniform,
    integer,
    normal,
    between: (low, high) => low + (high - low) * uniform(),
    chance: (probability) => uniform() < probability,
  };
}

/**
 * A random order of 0 .. count - 1 (Fisher and Yates), a function of the address alone.
 *
 * @throws SparnetError `bad-argument` when `count` or the address is out of range.
 */
export function shuffledIndices(count: number, address: RandomAddress): Uint32Array {
  checkInteger('count', count, 0, 0xffffffff);
  const random = randomStream(address);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

/** FNV-1a over the UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
