import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { SparnetError, isSparnetError } from '@sparnet/core';
import { temporaryBeside, writeError } from '@sparnet/core/node';
import { removeQuietly } from './remove-quietly.ts';

/** Who holds a lock. `born` tells a process from a later one of the same number, where the system says it. */
interface Owner {
  pid: number;
  host: string;
  born: string | null;
}

/**
 * Takes a lock file, so that two processes never write into one run. The lock of a process of this machine that is no
 * longer there is taken over.
 *
 * @returns A function that gives the lock back.
 * @throws SparnetError `exists` when another process holds it, `bad-file` when it cannot be written.
 */
export async function lockRun(file: string): Promise<() => void> {
  const own: Owner = { pid: process.pid, host: hostname(), born: bornAt(process.pid) };
  for (;;) {
    if (await create(file, own)) return () => rmSync(file, { force: true });
    const owner = await readOwner(file);
    if (owner === null) continue;
    if (isAlive(owner)) {
      throw new SparnetError(
        'exists',
        `${file}: process ${owner.pid} on ${owner.host} is working in this folder; wait for it, or delete the file if that process is gone`,
      );
    }
    await takeAway(file);
  }
}

/** False when the lock is taken. A lock is there with all of its content, or not at all. */
async function create(file: string, own: Owner): Promise<boolean> {
  const whole = temporaryBeside(file);
  try {
    await writeFile(whole, JSON.stringify(own));
    await link(whole, file).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      // A file system without links.
      return writeFile(file, JSON.stringify(own), { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw writeError(file, error);
  } finally {
    await removeQuietly(whole);
  }
}

/**
 * Removes a dead process's lock. Of several that want to, one at a time looks once more and removes it: else the second
 * would remove the new lock of the first. The lock between them is one like this, so that a dead one is no obstacle.
 */
async function takeAway(file: string): Promise<void> {
  let unlock: () => void;
  try {
    unlock = await lockRun(`${file}.taking`);
  } catch (error) {
    if (!isSparnetError(error, 'exists')) throw error;
    await setTimeout(20);
    return;
  }
  try {
    const owner = await readOwner(file);
    if (owner !== null && !isAlive(owner)) await rm(file, { force: true });
  } finally {
    unlock();
  }
}

/** Null when the lock was given back meanwhile. What stays no lock's content counts as a dead process's. */
async function readOwner(file: string): Promise<Owner | null> {
  for (const pause of [0, 50, 200]) {
    // Without links, the file is there a moment before its content is.
    await setTimeout(pause);
    try {
      const owner = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner> | null;
      if (typeof owner?.pid === 'number') return owner as Owner;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      if (!(error instanceof SyntaxError)) throw writeError(file, error);
    }
  }
  return { pid: 0, host: hostname(), born: null };
}

function isAlive({ pid, host, born }: Owner): boolean {
  if (host !== hostname()) return true;
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there, but somebody else's.
    if (codeOf(error) !== 'EPERM') return false;
  }
  return born === null || bornAt(pid) === born;
}

/** The start of a process in clock ticks since boot, on Linux. */
function bornAt(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields after the program's name, which may itself hold spaces and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
