import { readFlags, wholeNumber } from './read-flags.ts';

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
} as const;

/**
 * Read the command line; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for a flag or a number that is none.
 */
export function readOptions(): MetricsOptions | undefined {
  const values = readFlags(flags);
  if (!values) return undefined;
  return {
    pairs: wholeNumber('--pairs', values.pairs),
    rounds: wholeNumber('--rounds', values.rounds),
    agreement: values.agreement,
  };
}
