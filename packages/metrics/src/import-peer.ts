import { SparnetError } from '@sparnet/core';

/** What `@sparnet/features` needs, itself included. */
export const featurePackages = ['@sparnet/features', '@sparnet/engine', '@tensorflow/tfjs-core'] as const;

/**
 * The module of an optional peer.
 *
 * @param id - The name of its package.
 * @param load - Imports it.
 * @param needs - The packages to install for it, itself among them.
 * @throws SparnetError `missing-package` with the install line when a package is not there; what it threw itself when it is
 *   broken.
 */
export async function importPeer<Module>(
  id: string,
  load: () => Promise<Module>,
  needs: readonly string[] = [id],
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
    const missing =
      absent && needs.find((name) => message.includes(`'${name}'`) || message.includes(`'${name}/`));
    if (!missing) throw error;
    throw new SparnetError(
      'missing-package',
      `${missing} is not installed, which ${id === missing ? 'this needs' : `${id} needs`}: npm install ${needs.join(' ')}`,
      { cause: error },
    );
  }
}
