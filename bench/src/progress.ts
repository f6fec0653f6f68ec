/** What is going on, on stderr, with the time that is left. */
export interface Progress {
  /** The efforts that lie ahead, in any unit. */
  expect(efforts: readonly number[]): void;
  /** One of them is done. */
  done(effort: number): void;
  /** On a terminal in place of what was there before, else on a line of its own. */
  show(what: string): void;
  /** Show a line that stays. */
  say(what: string): void;
}

/** Progress on a stream. */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const start = performance.now();
  let ahead = 0;
  let behind = 0;
  const clear = stream.isTTY ? '\r\x1b[K' : '';

  function left(): string {
    if (behind === 0 || ahead <= 0) return '';
    const minutes = ((performance.now() - start) / 60_000 / behind) * ahead;
    return ` (${minutes < 1 ? 'less than a minute' : `about ${Math.round(minutes)} min`} left)`;
  }

  return {
    expect: (efforts) => void (ahead += efforts.reduce((sum, effort) => sum + effort, 0)),
    done(effort) {
      ahead -= effort;
      behind += effort;
    },
    show: (what) => void stream.write(`${clear}${what}${left()}${stream.isTTY ? '' : '\n'}`),
    say: (what) => void stream.write(`${clear}${what}\n`),
  };
}
