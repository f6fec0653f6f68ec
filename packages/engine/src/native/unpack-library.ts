import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SparnetError } from '@sparnet/core';
import { nativeVersions } from '../native-folder.ts';
import { runProgram } from './run-program.ts';

/** Only the C library is used, so that the Python version a wheel is for does not matter: it is fixed. */
const python = '3.11';

/** Digests (SHA-256) of wheels that were proved to work. */
const known: Record<string, string> = {
  'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
    '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
};

/** Copies the C library and its headers, without the directories above them. */
const unpacking = `
import sys, zipfile
wanted = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
headers = ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/platform/', 'xla/tsl/c/')
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = [n for n in wheel.namelist() if n in wanted
             or n.endswith('.h') and n.removeprefix('tensorflow/include/').startswith(headers)]
    if not set(wanted) <= set(names):
        sys.exit('no C library in ' + sys.argv[1])
    wheel.extractall(sys.argv[2], names)
`;

/**
 * Take TensorFlow's C library and its headers out of its Python package, into `folder`/tensorflow.
 *
 * @throws SparnetError `bad-file` when a wheel that is known has another digest; `engine-unavailable` when pip has none.
 */
export async function unpackLibrary(
  folder: string,
  { gpu, wheel, say }: { gpu: boolean; wheel: string | undefined; say(line: string): void },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = wheel ? resolve(wheel) : fetched(folder, gpu, say);
  await verify(file, say);
  say('unpacking the library');
  runProgram('python3', ['-c', unpacking, file, folder]);
  rmSync(join(folder, 'wheel'), { recursive: true, force: true });
}

function fetched(folder: string, gpu: boolean, say: (line: string) => void): string {
  const name = `${gpu ? 'tensorflow' : 'tensorflow-cpu'}==${nativeVersions.tensorflow}`;
  say(`fetching the wheel of ${name} by pip`);
  const into = join(folder, 'wheel');
  const options = ['--no-deps', '--only-binary=:all:', '--python-version', python, '--dest', into];
  runProgram('python3', ['-m', 'pip', 'download', '--quiet', ...options, name]);
  const file = readdirSync(into).find((found) => found.endsWith('.whl'));
  if (file) return join(into, file);
  throw new SparnetError('engine-unavailable', `pip brought no wheel of ${name}; give one by --wheel FILE`);
}

async function verify(file: string, say: (line: string) => void): Promise<void> {
  const name = basename(file);
  const expected = known[name];
  if (!expected) {
    say(`${name} is not among the wheels whose digest is known here: only pip has verified it`);
    return;
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found !== expected) {
    throw new SparnetError(
      'bad-file',
      `${file} has the digest ${found} instead of ${expected}: it is broken; remove it and try again`,
    );
  }
}
