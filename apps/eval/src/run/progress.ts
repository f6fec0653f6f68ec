import { formatDuration } from 'command-line';

/** Shows how far a command is. */
export interface Progress {
  /** One more is done. */
  advance(): void;
  /** Says a line of its own, above a terminal's progress. */
  say(line: string): void;
  /** Ends a terminal's line. */
  close(): void;
}

/** A stream that progress is written to, such as `process.stderr`. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Milliseconds between two reports. */
const pauses = { terminal: 100, log: 10_000 };

/**
 * Progress over a known number of pictures: on a terminal one line that changes, elsewhere a line every ten seconds.
 *
 * @param options.now - The clock, in milliseconds.
 */
export function openProgress({
  total,
  stream = process.stderr,
  now = () => performance.now(),
}: {
  total: number;
  stream?: ProgressStream;
  now?: () => number;
}): Progress {
  const erase = stream.isTTY ? '\r\u001B[K' : '';
  const pause = stream.isTTY ? pauses.terminal : pauses.log;
  const start = now();
  let shownAt = start;
  let done = 0;
  return {
    advance() {
      done += 1;
      const time = now();
      if (time - shownAt < pause) return;
      shownAt = time;
      const rate = (1000 * done) / (time - start);
      const left = formatDuration((total - done) / rate);
      const line = `${done} of ${total} pictures, ${rate.toFixed(1)} a second, ${left} left`;
      stream.write(erase + line + (stream.isTTY ? '' : '\n'));
    },
    say: (line) => void stream.write(`${erase}${line}\n`),
    close: () => void (erase && stream.write(erase)),
  };
}
