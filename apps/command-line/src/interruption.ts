/**
 * A signal for Ctrl-C, SIGTERM and a closed terminal: it asks the program to end. A second Ctrl-C ends it at once with
 * exit code 130; other signals may well come twice, from a shell and from what started it.
 *
 * @param ending - What the program does then, in words: `saving, then ending`.
 */
export function interruption(ending: string): AbortSignal {
  const controller = new AbortController();
  const ask = (): void => {
    if (controller.signal.aborted) return;
    process.stderr.write(`\n${ending}; Ctrl-C once more ends at once\n`);
    controller.abort();
  };
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130);
    ask();
  });
  process.on('SIGTERM', ask);
  // Without a terminal, somebody wants the program to outlive the one it was started from (nohup).
  if (process.stderr.isTTY) process.on('SIGHUP', ask);
  return controller.signal;
}
