import { totalmem } from 'node:os';
import type { DryRun } from '../dry-run.ts';

/** What a person wants to know of a run before it begins. */
export function dryRunText({
  photographs,
  engine,
  workers,
  parameters,
  steps,
  memory,
  unchecked,
}: DryRun): string {
  const { vectors, worker, rest, total, how } = memory;
  const each = workers === 1 ? '1 worker' : `${workers} workers`;
  const lines = [
    ['photographs', `${photographs}`],
    ['steps', steps === undefined ? 'as many as the time allows' : `${steps}`],
    ['parameters', parameters.toLocaleString('en')],
    ['engine', `${engine}, ${each}`],
    ['memory', `about ${gib(total)} at the peak, of ${gib(totalmem())} in this machine`],
    [
      '  vectors',
      `${gib(vectors)}: weights, average, moments, gradients, results of workers, a checkpoint on its way`,
    ],
    ['  networks', `${gib(workers * worker.networks)}: the copies of ${each}`],
    ['  shards', `${gib(workers * worker.shard)}: what forward and backward pass hold (${how})`],
    ['  rest', `${gib(rest)}: Node, the engine, and what its kernels take`],
    ...unchecked.map((what) => ['not checked', what]),
  ];
  return `${lines.map(([name, value]) => `${(name as string).padEnd(13)}${value}`).join('\n')}\n`;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
