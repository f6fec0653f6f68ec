import type { Summary } from './degrade-files.ts';

/** Milliseconds between two reports, on a terminal and in a log. */
const pauses = { terminal: 100, log: 10_000 };

/** Says on stderr how far the command is: on a terminal in one line that changes, in a log with a line now and then. */
export function progressReport(total: number): {
  update(done: number, refused: number): void;
  end(summary: Summary): void;
} {
  const { stderr } = process;
  const pause = stderr.isTTY ? pauses.terminal : pauses.log;
  const start = performance.now();
  let last = start;
  let made = 0;
  return {
    update(done, refused) {
      made += 1;
      const now = performance.now();
      if (now - last < pause) return;
      last = now;
      const rate = made / ((now - start) / 1000);
      const left = Math.ceil((total - done) / rate);
      const line = `${done} of ${total} pictures, ${rate.toFixed(1)} a second, ${left} s left${refused > 0 ? `, ${refused} refused` : ''}`;
      stderr.write(stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
    },
    end({ made: written, kept, refused }) {
      const parts = [
        `${written} degraded`,
        ...(kept > 0 ? [`${kept} already there`] : []),
        ...(refused > 0 ? [`${refused} refused: the manifest says why`] : []),
      ];
      stderr.write(`${stderr.isTTY ? '\r\u001B[K' : ''}${parts.join(', ')}\n`);
    },
  };
}
