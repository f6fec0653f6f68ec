import { SparnetError, isSparnetError } from '@sparnet/core';
import { formatSafetensors, parseSafetensors, type StateDict } from '@sparnet/weights';
import { fromStateDict, momentsToStateDict, toStateDict } from './compute/parameter-table.ts';
import type { Learner } from './learner.ts';

/** Who learns, by the prefix of its tensors in the file. */
type Learners = Readonly<Record<string, Learner>>;

const suffixes = { firstMoment: '.exp_avg', secondMoment: '.exp_avg_sq' } as const;

/**
 * What goes with a published model so that training can go on: the generator as it was trained (the model is its
 * average), the discriminators, and Adam's moments of both, in one file. Names are those of the state dicts behind
 * `generator.` and `discriminator.`; moments end as in a checkpoint.
 *
 * @param steps - How many steps Adam has done.
 */
export function formatTraining(learners: Learners, steps: number): Uint8Array {
  const state: StateDict = {};
  for (const [who, { table, values, ...moments }] of Object.entries(learners)) {
    const parts = [toStateDict(table, values)];
    for (const key of ['firstMoment', 'secondMoment'] as const)
      parts.push(momentsToStateDict(table, moments[key], suffixes[key]));
    for (const [name, tensor] of parts.flatMap(Object.entries)) state[`${who}.${name}`] = tensor;
  }
  return formatSafetensors(state, { metadata: { steps: String(steps) } });
}

/**
 * Take over what {@link formatTraining} wrote.
 *
 * @returns The steps that Adam has done.
 * @throws SparnetError `bad-config` that names the file when it is no such file, or of other networks.
 */
export function takeTraining(bytes: Uint8Array, file: string, learners: Learners): number {
  try {
    const { tensors, metadata } = parseSafetensors(bytes, { name: file });
    const steps = Number(metadata['steps']);
    if (!Number.isSafeInteger(steps) || steps < 1) throw new SparnetError('bad-file', 'it names no steps');
    for (const [who, { table, values, ...moments }] of Object.entries(learners)) {
      const own = under(tensors, `${who}.`);
      fromStateDict(table, own, values);
      for (const key of ['firstMoment', 'secondMoment'] as const)
        fromStateDict(table, own, moments[key], suffixes[key]);
    }
    return steps;
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    throw new SparnetError('bad-config', `${file} is not of such a training: ${error.message}`, {
      cause: error,
    });
  }
}

/** The tensors whose names begin with `prefix`, without it. */
function under(state: StateDict, prefix: string): StateDict {
  const found = Object.entries(state).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
