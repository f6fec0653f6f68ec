import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { runProgram } from './run-program.ts';

/** The newest version of Node's binary interface that tfjs-node lists; Node 20 and all later ones have it. */
const interfaceVersion = 8;

/**
 * Compile tfjs-node's binding, in the folder it is installed in, against the library that `unpackLibrary` left in
 * `library`.
 *
 * @throws SparnetError `engine-unavailable` with the compiler's last lines.
 */
export function buildBinding(tfjsNode: string, library: string): void {
  linkLibrary(tfjsNode, join(library, 'tensorflow'));
  const label = `napi-v${interfaceVersion}`;
  runProgram(
    process.execPath,
    [
      nodeGyp(),
      'rebuild',
      ...headersOfThisNode(),
      '--module_name=tfjs_binding',
      `--module_path=${join(tfjsNode, 'lib', label)}`,
      `--napi_version=${process.versions['napi']}`,
      `--napi_build_version=${interfaceVersion}`,
      `--node_napi_label=${label}`,
    ],
    { cwd: tfjsNode },
  );
  rmSync(join(tfjsNode, 'build'), { recursive: true, force: true });
}

/** Where binding.gyp and the binding's own search path look. Links are relative: the folder is moved when it is done. */
function linkLibrary(tfjsNode: string, library: string): void {
  const deps = join(tfjsNode, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  const link = (target: string, name: string): void =>
    symlinkSync(relative(dirname(join(deps, name)), target), join(deps, name));
  link(join(library, 'include'), 'include');
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    link(join(library, name), join('lib', name));
  // The names it is linked by. TensorFlow's Python package has its C interface in the C++ library.
  link(join(deps, 'lib', 'libtensorflow_cc.so.2'), join('lib', 'libtensorflow.so'));
  link(join(deps, 'lib', 'libtensorflow_framework.so.2'), join('lib', 'libtensorflow_framework.so'));
}

/** The node-gyp that npm brings. */
function nodeGyp(): string {
  const npm = join(runProgram('npm', ['root', '-g']).trim(), 'npm');
  const file = join(npm, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (existsSync(file)) return file;
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  } catch (cause) {
    throw new SparnetError('engine-unavailable', 'node-gyp is missing: npm install -g node-gyp', { cause });
  }
}

/** Headers that lie beside this Node need not be downloaded. */
function headersOfThisNode(): string[] {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}
