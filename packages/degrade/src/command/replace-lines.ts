import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { flushFolder, temporaryBeside, writeError } from '@sparnet/core/node';
import { visitLines } from './visit-lines.ts';

/** Text that is collected before it is written. */
const chunk = 1 << 16;

/**
 * Replaces some lines of a text file, which may be larger than memory: written beside, flushed, renamed.
 *
 * @param lines - New texts, without their ends, by the number of the line from 0.
 * @throws SparnetError `bad-file` when it cannot be written; the file stays as it was.
 */
export async function replaceLines(file: string, lines: ReadonlyMap<number, string>): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await copyReplacing(file, temporary, lines);
    await rename(temporary, file);
    await flushFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(file, error);
  }
}

async function copyReplacing(from: string, to: string, lines: ReadonlyMap<number, string>): Promise<void> {
  const handle = await open(to, 'wx');
  try {
    let waiting = '';
    await visitLines(from, async (text, line) => {
      waiting += `${lines.get(line) ?? text}\n`;
      if (waiting.length < chunk) return;
      await handle.appendFile(waiting);
      waiting = '';
    });
    await handle.appendFile(waiting);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
