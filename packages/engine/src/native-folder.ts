/** What {@link nativeFolder} holds: the versions that were proved to work together. */
export const nativeVersions = { tfjs: '4.22.0', tensorflow: '2.21.0' };

/**
 * The folder that `npx @sparnet/engine install` makes native TensorFlow in, by the platform's convention for caches:
 * outside every `node_modules`, so that no installation removes it. One folder for each pair of versions.
 *
 * @returns undefined in a browser.
 */
export function nativeFolder({ gpu = false }: { gpu?: boolean } = {}): string | undefined {
  const { process } = globalThis;
  // Node's own modules are not imported, which bundlers for browsers would try to resolve.
  if (!process?.getBuiltinModule) return undefined;
  const { join } = process.getBuiltinModule('node:path');
  const { tfjs, tensorflow } = nativeVersions;
  const name = `native-tfjs-${tfjs}-tensorflow-${tensorflow}${gpu ? '-gpu' : ''}`;
  return join(cacheFolder(process), 'sparnet', name);
}

function cacheFolder({ env, platform, getBuiltinModule }: NodeJS.Process): string {
  const { join } = getBuiltinModule('node:path');
  const home = getBuiltinModule('node:os').homedir();
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  return env['XDG_CACHE_HOME'] || join(home, '.cache');
}
