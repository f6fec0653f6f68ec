/**
 * A signal for Ctrl-C and for SIGTERM: the first asks the program to save and end, the second ends it at once with
 * exit code 130.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nsaving, then ending; once more ends at once\n');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return controller.signal;
}
