import { rm } from 'node:fs/promises';

/** Removes a file or folder, whether or not it is there. What cannot be removed stays: never hides another error. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
