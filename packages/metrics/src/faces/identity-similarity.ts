import { invalid, SparnetError } from '@sparnet/core';
import { checkCount, checkExactSum, checkOrigin } from '../check-state.ts';
import { addExactly, canonical, nearest, type ExactSum } from '../exact-sum.ts';
import { cosineSimilarity } from './cosine-similarity.ts';

/** Gathers {@link IdentitySimilarity}, in one process or in many. */
export interface IdentityAccumulator {
  /**
   * Adds the embeddings of a true image and of the image under test.
   *
   * @returns Their cosine.
   * @throws SparnetError `bad-argument` as {@link cosineSimilarity}; then nothing is added.
   */
  update(truth: ArrayLike<number>, found: ArrayLike<number>): number;
  /** What was added so far, as plain data. The order of adding and merging leaves no trace. */
  state(): IdentityState;
  /**
   * Adds what another accumulator has added.
   *
   * @throws SparnetError `bad-state` when it is no state, or one of another network.
   */
  merge(state: IdentityState): void;
  /**
   * The similarity of everything added.
   *
   * @throws SparnetError `no-data` when nothing was.
   */
  compute(): IdentitySimilarity;
}

/** The state of an {@link IdentityAccumulator}. */
export interface IdentityState {
  network: string;
  count: number;
  /** The sum of the cosines, without rounding: numbers that add up to it. */
  sum: number[];
}

/** How alike the faces of the images under test and of the true images are to a recognition network. */
export interface IdentitySimilarity {
  /** What made the embeddings: similarities of different networks can't be compared. */
  network: string;
  /** Pairs. */
  count: number;
  /** The mean cosine of the two embeddings of a pair, -1 to 1; higher is better. */
  cosine: number;
}

/**
 * An empty accumulator of identity similarity. Shards, merged in any order, give the same mean to the last bit.
 *
 * @param options - `network` says what makes the embeddings.
 * @throws SparnetError `bad-argument` when `network` is empty.
 */
export function identitySimilarity({ network }: { network: string }): IdentityAccumulator {
  if (typeof network !== 'string' || network === '')
    throw invalid('network', 'the name of a network', network);
  const sum: ExactSum = [];
  let count = 0;
  return {
    update(truth, found) {
      const cosine = cosineSimilarity(truth, found);
      addExactly(sum, cosine);
      count += 1;
      return cosine;
    },
    state: () => ({ network, count, sum: canonical(sum) }),
    merge(state) {
      checkOrigin('state', state, { network });
      checkCount('count', state.count);
      checkExactSum('sum', state.sum);
      count += state.count;
      for (const part of state.sum) addExactly(sum, part);
    },
    compute() {
      if (count === 0) throw new SparnetError('no-data', 'there are no embeddings: update was never called');
      return { network, count, cosine: nearest(sum) / count };
    },
  };
}
