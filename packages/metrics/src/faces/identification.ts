import { invalid, SparnetError } from '@sparnet/core';
import { checkOrigin } from '../check-state.ts';
import { addExactly, nearest, type ExactSum } from '../exact-sum.ts';
import { cosineSimilarity } from './cosine-similarity.ts';

/** Gathers {@link Identification}, in one process or in many. Its memory grows with the pairs: one embedding each side. */
export interface IdentificationAccumulator {
  /**
   * Adds the embeddings of a true image and of the image under test.
   *
   * @returns Their cosine.
   * @throws SparnetError `bad-argument` as {@link cosineSimilarity}, or for embeddings of another length than the
   *   first; then nothing is added.
   */
  update(truth: ArrayLike<number>, found: ArrayLike<number>): number;
  /** What was added so far, as plain data that threads can pass on. */
  state(): IdentificationState;
  /**
   * Adds what another accumulator has added.
   *
   * @throws SparnetError `bad-state` when it is no state, or one of another network.
   */
  merge(state: IdentificationState): void;
  /**
   * Looks for each image under test among all true images. The order of adding and merging leaves no trace.
   *
   * @throws SparnetError `no-data` for fewer than two pairs: there is nobody to be mistaken for.
   */
  compute(): Identification;
}

/** The state of an {@link IdentificationAccumulator}: the embeddings at one place of both lists are a pair. */
export interface IdentificationState {
  network: string;
  truths: Float32Array[];
  founds: Float32Array[];
}

/** Whether the images under test still show who they show, to a recognition network. */
export interface Identification {
  /** What made the embeddings: numbers of different networks can't be compared. */
  network: string;
  /** Pairs. */
  count: number;
  /**
   * The share of images under test that resemble their own true image more than any other, 0 to 1: rank-1
   * identification of a closed set. It takes every true image to show another person. A draw counts as a failure.
   */
  rank1: number;
  /**
   * The mean cosine of an image under test and the true images of others, -1 to 1: what a similarity is worth that is
   * no higher.
   */
  others: number;
}

/**
 * An empty accumulator of rank-1 identification, by the cosine of embeddings.
 *
 * @param options - `network` says what makes the embeddings.
 * @throws SparnetError `bad-argument` when `network` is empty.
 */
export function identification({ network }: { network: string }): IdentificationAccumulator {
  if (typeof network !== 'string' || network === '')
    throw invalid('network', 'the name of a network', network);
  const truths: Float32Array[] = [];
  const founds: Float32Array[] = [];
  function update(truth: ArrayLike<number>, found: ArrayLike<number>): number {
    const cosine = cosineSimilarity(truth, found);
    const length = truths[0]?.length ?? truth.length;
    if (truth.length !== length) throw invalid('embeddings', `${length} numbers each`, truth.length);
    truths.push(Float32Array.from(truth));
    founds.push(Float32Array.from(found));
    return cosine;
  }
  return {
    update,
    state: () => ({ network, truths: [...truths], founds: [...founds] }),
    merge(state) {
      checkOrigin('state', state, { network });
      checkPairs(state, truths[0]?.length);
      truths.push(...state.truths.map((truth) => truth.slice()));
      founds.push(...state.founds.map((found) => found.slice()));
    },
    compute() {
      if (truths.length < 2) {
        throw new SparnetError('no-data', `expected two pairs or more to tell apart, got ${truths.length}`);
      }
      return { network, count: truths.length, ...closest(truths.map(unit), founds.map(unit)) };
    },
  };
}

function closest(
  truths: readonly Float64Array[],
  founds: readonly Float64Array[],
): Pick<Identification, 'rank1' | 'others'> {
  const sum: ExactSum = [];
  let recognised = 0;
  founds.forEach((found, own) => {
    const similarities = truths.map((truth) => inner(truth, found));
    const others = similarities.filter((_, index) => index !== own);
    if (others.every((similarity) => similarity < similarities[own]!)) recognised += 1;
    for (const similarity of others) addExactly(sum, similarity);
  });
  const count = founds.length;
  return { rank1: recognised / count, others: nearest(sum) / (count * (count - 1)) };
}

function unit(vector: Float32Array): Float64Array {
  const wide = Float64Array.from(vector);
  const length = Math.sqrt(inner(wide, wide));
  return wide.map((value) => value / length);
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function checkPairs({ truths, founds }: IdentificationState, known: number | undefined): void {
  const lists = [truths, founds];
  if (!lists.every((list) => Array.isArray(list) && list.every((item) => item instanceof Float32Array)))
    throw new SparnetError('bad-state', 'state: expected lists of Float32Array for truths and founds');
  if (truths.length !== founds.length)
    throw new SparnetError(
      'bad-state',
      `state: expected as many truths as founds, got ${truths.length} and ${founds.length}`,
    );
  const length = known ?? truths[0]?.length ?? 0;
  if (![...truths, ...founds].every((item) => item.length === length && inner(item, item) > 0))
    throw new SparnetError('bad-state', `state: expected finite embeddings of ${length} numbers, none zero`);
}
