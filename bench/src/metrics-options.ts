import { SparnetError } from '@sparnet/core';
import { parseArgs } from 'node:util';

/** What `--help` prints. */
export const help = `metrics: times PSNR and SSIM beside scikit-image's, each on one core

  --pairs N          pairs of 128 x 128 RGB (default: 1000)
  --rounds N         how often each side scores all of them, in turn (default: 3)
  --agreement        instead, a Markdown table of the differences from other packages

  SPARNET_PYTHON=COMMAND   a Python that has numpy and scikit-image (default: python3); without them ours is timed alone.
                           The table also takes torchmetrics, cv2 and scipy where they are
`;

/** What the command line asks for. */
export interface MetricsOptions {
  pairs: number;
  rounds: number;
  agreement: boolean;
}

const flags = {
  pairs: { type: 'string', default: '1000' },
  rounds: { type: 'string', default: '3' },
  agreement: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Read the command line; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for a flag or a number that is none.
 */
export function readOptions(): MetricsOptions | undefined {
  const { values } = parsedArguments();
  if (values.help) return undefined;
  return {
    pairs: wholeNumber('--pairs', values.pairs),
    rounds: wholeNumber('--rounds', values.rounds),
    agreement: values.agreement,
  };
}

function parsedArguments() {
  try {
    // pnpm hands on the `--` that separates its own options from these.
    return parseArgs({ options: flags, args: process.argv.slice(2).filter((word) => word !== '--') });
  } catch (cause) {
    throw new SparnetError('bad-argument', (cause as Error).message, { cause });
  }
}

function wholeNumber(flag: string, word: string): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SparnetError('bad-argument', `expected an integer of at least 1 for ${flag}, got ${word}`);
}
