import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { nativeVersions } from '../native-folder.ts';
import { buildBinding } from './build-binding.ts';
import { checkNeeds } from './check-needs.ts';
import { checkOwn, markOwn } from './own-folder.ts';
import { proveNative } from './prove-native.ts';
import { runProgram } from './run-program.ts';
import { unpackLibrary } from './unpack-library.ts';

export interface InstallOptions {
  folder: string;
  gpu: boolean;
  wheel?: string | undefined;
  force: boolean;
  say(line: string): void;
}

/**
 * Bring native TensorFlow into `folder`, unless one that works is there: by tfjs-node's own download, or else by
 * building its binding against the C library in TensorFlow's Python package. It is made beside the folder and moved
 * there when it computes, so that the folder never holds half of it.
 *
 * @returns In words, which version it is.
 * @throws SparnetError `missing-package` that lists what the machine lacks, `engine-unavailable` when a step fails,
 * `bad-argument` when the folder, or the one beside it, holds anything but an installation.
 */
export async function installNative(options: InstallOptions): Promise<string> {
  const folder = resolve(options.folder);
  if (!options.force) {
    const found = working(folder);
    if (found) return found;
  }
  const building = `${folder}.building`;
  checkOwn(folder);
  checkOwn(building);
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  markOwn(building);
  try {
    if (options.wheel || !(await downloaded(building, options))) await built(building, options);
    options.say('checking a convolution and its gradients');
    proveNative(building);
    checkOwn(folder); // a minute later
    rmSync(folder, { recursive: true, force: true });
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  return proveNative(folder);
}

function working(folder: string): string | undefined {
  try {
    return proveNative(folder);
  } catch (error) {
    if (isSparnetError(error)) return undefined;
    throw error;
  }
}

function packageName(gpu: boolean): string {
  return gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
}

/** tfjs-node's own way: its install script downloads library and binding. */
async function downloaded(folder: string, { gpu, say }: InstallOptions): Promise<boolean> {
  // Without the network its script tries for most of a minute before it gives up.
  const store = 'https://storage.googleapis.com/tf-builds/';
  const reachable = await fetch(store, { method: 'HEAD', signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  );
  if (!reachable) {
    say('the download of tfjs-node is out of reach: building its binding');
    return false;
  }
  try {
    say(`installing ${packageName(gpu)} ${nativeVersions.tfjs} with its own download`);
    npmInstall(folder, gpu, []);
    patchForNewNode(folder, gpu);
    proveNative(folder);
    return true;
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    say(`that did not work (${error.message.split('\n').at(-1)}): building its binding`);
    return false;
  }
}

async function built(folder: string, { gpu, wheel, say }: InstallOptions): Promise<void> {
  checkNeeds({ wheel: wheel !== undefined });
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  say(`installing ${packageName(gpu)} ${nativeVersions.tfjs} without its download`);
  npmInstall(folder, gpu, ['--ignore-scripts']);
  patchForNewNode(folder, gpu);
  const library = join(folder, 'library');
  await unpackLibrary(library, { gpu, wheel, say });
  say('compiling the binding');
  buildBinding(join(folder, 'node_modules', packageName(gpu)), library);
}

function npmInstall(folder: string, gpu: boolean, flags: readonly string[]): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const wanted = `${packageName(gpu)}@${nativeVersions.tfjs}`;
  runProgram('npm', ['install', '--no-audit', '--no-fund', ...flags, wanted], { cwd: folder });
}

/** tfjs-node calls `util.isNullOrUndefined`, which Node 23 took away. */
function patchForNewNode(folder: string, gpu: boolean): void {
  const file = join(folder, 'node_modules', packageName(gpu), 'dist', 'nodejs_kernel_backend.js');
  if (!existsSync(file)) return;
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replaceAll(/\(0, util_1\.isNullOrUndefined\)\((\w+)\)/g, '($1 == null)'));
}
