// The command `degrade`.
import { isSparnetError } from '@sparnet/core';
import { runCommand } from './command/run-command.ts';

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nfinishing the pictures under way; once more ends at once\n');
    controller.abort();
  });
}

try {
  // The worker stands beside this file, in the source and in what is built from it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = new URL(`./degrade-worker.${extension}`, import.meta.url);
  process.exitCode = await runCommand(process.argv.slice(2), { script, signal: controller.signal });
} catch (error) {
  const wrongUsage = isSparnetError(error, 'bad-argument') || isSparnetError(error, 'bad-config');
  const message = isSparnetError(error) ? `error: ${error.message}` : String((error as Error).stack ?? error);
  process.stderr.write(`${message}\n`);
  process.exitCode = wrongUsage ? 2 : 1;
}
