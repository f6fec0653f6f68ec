import { spawnSync } from 'node:child_process';
import { SparnetError } from '@sparnet/core';

/**
 * Whether this machine can build the binding.
 *
 * @param options - `wheel`: TensorFlow's wheel is at hand, so that pip is not asked for it.
 * @throws SparnetError `missing-package` that lists everything missing at once.
 */
export function checkNeeds({ wheel }: { wheel: boolean }): void {
  if (process.platform !== 'linux') {
    throw new SparnetError(
      'missing-package',
      `building the binding is only known to work on Linux, this is ${process.platform}: 'npm install @tensorflow/tfjs-node' is the way here`,
    );
  }
  const compiler = process.env['CXX'] || 'g++';
  const needs: [name: string, command: string, args: string[]][] = [
    ['npm', 'npm', ['--version']],
    ['python3', 'python3', ['--version']],
    ['make', 'make', ['--version']],
    [`a C++17 compiler (${compiler})`, compiler, ['--version']],
  ];
  if (!wheel) needs.push(['pip (python3 -m pip)', 'python3', ['-m', 'pip', '--version']]);
  const missing = needs
    .filter(([, command, args]) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0)
    .map(([name]) => name);
  if (missing.length > 0) {
    throw new SparnetError(
      'missing-package',
      `to build the binding this machine lacks: ${missing.join(', ')} (on Debian: apt-get install python3-pip make g++)`,
    );
  }
}
