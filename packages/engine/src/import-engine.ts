import { SparnetError, isSparnetError } from '@sparnet/core';
import { nativeFolder } from './native-folder.ts';

/**
 * The module that `loading` brings.
 *
 * @throws SparnetError `missing-package` when `id` is not installed; what it threw itself when it is broken.
 */
export async function imported<Module>(id: string, loading: Promise<Module>): Promise<Module> {
  try {
    return await loading;
  } catch (error) {
    throw explained(error, id, 'is not installed');
  }
}

/**
 * The ES module that the package `id` in `folder` brings, which holds it in its `node_modules`.
 *
 * @throws SparnetError `missing-package` when it is not there; what it threw itself when it is broken.
 */
export async function importedFrom<Module>(folder: string, id: string): Promise<Module> {
  const { getBuiltinModule } = globalThis.process;
  try {
    const file = getBuiltinModule('node:module').createRequire(`${folder}/package.json`).resolve(id);
    const { href } = getBuiltinModule('node:url').pathToFileURL(file);
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ href)) as Module;
  } catch (error) {
    throw explained(error, id, `is not in ${folder}`);
  }
}

/**
 * Load native TensorFlow: from the folder that the environment variable SPARNET_NATIVE names if there is one (relative
 * ones begin where npm was called), else as an installed package, else what `npx @sparnet/engine install` made.
 *
 * Sets TF_CPP_MIN_LOG_LEVEL to 2 where it is not set.
 *
 * @returns Which package of which folder it is.
 * @throws SparnetError `missing-package` when it is nowhere; what it threw itself when it is broken.
 */
export async function importNative(): Promise<string> {
  const { process } = globalThis;
  if (!process?.getBuiltinModule) throw new SparnetError('missing-package', 'it runs in Node only');
  // Else TensorFlow tells, at every start, which instructions it was not built for.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const given = process.env['SPARNET_NATIVE'];
  const named =
    given && process.getBuiltinModule('node:path').resolve(process.env['INIT_CWD'] ?? process.cwd(), given);
  const folders = named ? [named] : [undefined, ...installedFolders(process)];
  const failures: unknown[] = [];
  for (const folder of folders) {
    for (const id of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
      try {
        if (!folder) await import(/* webpackIgnore: true */ /* @vite-ignore */ id);
        else process.getBuiltinModule('node:module').createRequire(`${folder}/package.json`)(id);
        return folder ? `${id} in ${folder}` : id;
      } catch (error) {
        failures.push(explained(error, id, folder ? `is not in ${folder}` : 'is not installed'));
      }
    }
  }
  throw failures.find((failure) => !isSparnetError(failure, 'missing-package')) ?? failures.at(-1);
}

/** The folders of the command `install` that are there. */
function installedFolders({ getBuiltinModule }: NodeJS.Process): string[] {
  const folders = [nativeFolder({ gpu: true }), nativeFolder()] as string[];
  return folders.filter((folder) => getBuiltinModule('node:fs').existsSync(folder));
}

/** What an error says, without the list of modules that Node appends. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}

/** Why `id` could not be loaded: it is not there, or the error itself, which then comes from inside it. */
function explained(error: unknown, id: string, absent: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const missing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  if (!missing || !firstLine(error).includes(`'${id}'`)) return error;
  return new SparnetError('missing-package', `${id} ${absent}`, { cause: error });
}
