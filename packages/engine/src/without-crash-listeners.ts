const events = ['uncaughtException', 'unhandledRejection'] as const;
type Listener = (...values: unknown[]) => void;

/**
 * Run `load`, and take off the process listeners that Emscripten's start-up code adds in it: they rethrow any later
 * crash and print 100 kB of source. Listeners that others add meanwhile stay.
 */
export async function withoutCrashListeners<Result>(load: () => Promise<Result>): Promise<Result> {
  const before = events.map((event) => new Set(listenersOf(event)));
  try {
    return await load();
  } finally {
    for (const [index, event] of events.entries()) {
      const added = listenersOf(event).filter((listener) => !before[index]?.has(listener));
      for (const listener of added.filter(onlyRethrows)) process.off(event, listener);
    }
  }
}

function listenersOf(event: (typeof events)[number]): Listener[] {
  return (globalThis.process?.listeners?.(event as 'exit') ?? []) as Listener[];
}

/** `function (ex) { if (!(ex instanceof ExitStatus)) { throw ex; } }` or `function (reason) { throw reason; }`. */
function onlyRethrows(listener: Listener): boolean {
  const code = String(listener).replaceAll(/[\s;]/g, '');
  return /^function\((\w+)\)\{(if\(!\(\1instanceof\w+\)\)\{throw\1\}|throw\1)\}$/.test(code);
}
