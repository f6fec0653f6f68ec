import { readFile } from 'node:fs/promises';
import type { WarmUp } from './answers.ts';
import { keyOf, type Form } from './forms.ts';
import { outputsOf, type Work } from './start-form.ts';

/** What a contender made of the same weights and images, beside the first contender. */
export interface Agreement {
  /** The largest difference of an output, over the largest output of the first contender. */
  maxError?: number;
  /** The loss of the first step. */
  firstLoss?: number;
}

/** Differences above these are errors: roundings of float32 are far below. */
const tolerances = { float32: 1e-3, bfloat16: 5e-2 };

/** Collects what contenders of one batch made, and holds it against the first. */
export function agreementOf(work: Work) {
  const found = new Map<string, Agreement>();
  const problems: string[] = [];
  let reference: { key: string; output?: Float32Array; loss?: number } | undefined;

  function note(form: Form, agreement: Agreement, difference: number): void {
    const key = keyOf(form);
    found.set(key, agreement);
    const tolerance = tolerances[form.side === 'torch-bf16' ? 'bfloat16' : 'float32'];
    if (!(difference <= tolerance))
      problems.push(`${key} differs from ${reference?.key} by ${difference.toExponential(1)}`);
  }

  return {
    found,
    /** What is wrong, a line each. */
    problems,
    async add(form: Form, answers: readonly WarmUp[]): Promise<void> {
      if (form.side === 'trainer') return; // its images are others
      const key = keyOf(form);
      if (work.task === 'forward') {
        const outputs = await Promise.all(outputsOf(form, work).map(readFloats));
        reference ??= { key, output: outputs[0] as Float32Array };
        const maxError = Math.max(...outputs.map((output) => relativeError(output, reference?.output)));
        note(form, { maxError }, maxError);
      } else {
        const losses = answers.map(({ loss }) => loss as number);
        const [firstLoss = NaN] = losses;
        reference ??= { key, loss: firstLoss };
        const { loss = NaN } = reference;
        note(form, { firstLoss }, Math.max(...losses.map((other) => Math.abs(other / loss - 1))));
      }
    },
  };
}

async function readFloats(file: string): Promise<Float32Array> {
  return new Float32Array(Uint8Array.from(await readFile(file)).buffer);
}

function relativeError(values: Float32Array, reference: Float32Array | undefined): number {
  if (values.length !== reference?.length) return Infinity;
  let [error, scale] = [0, 0];
  for (const [i, value] of reference.entries()) {
    scale = Math.max(scale, Math.abs(value));
    const off = Math.abs((values[i] as number) - value);
    if (!(off <= error)) error = off; // NaN, too
  }
  return error / scale;
}
