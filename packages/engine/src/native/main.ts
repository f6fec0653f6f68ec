// The command of this package: native TensorFlow for tfjs, installed, shown, removed.
import { existsSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SparnetError, isSparnetError } from '@sparnet/core';
import { nativeFolder, nativeVersions } from '../native-folder.ts';
import { installNative } from './install-native.ts';
import { nativeStatus } from './native-status.ts';
import { checkOwn } from './own-folder.ts';

const help = `Native TensorFlow for TensorFlow.js: several times the speed of WebAssembly.

  npx @sparnet/engine install [--gpu] [--dir DIR] [--wheel FILE] [--force]
  npx @sparnet/engine status  [--gpu] [--dir DIR]
  npx @sparnet/engine remove  [--gpu] [--dir DIR]
  From the root of the project: npm run native -- install ...

install   Takes what @tensorflow/tfjs-node downloads by itself where that works. Elsewhere it builds
          tfjs-node ${nativeVersions.tfjs}'s binding against the C library of the Python package of
          TensorFlow ${nativeVersions.tensorflow}: that needs Linux, python3 with pip, make and a C++17
          compiler, 0.3 GB of download, 1.1 GB of disk (1.3 GB while it builds) and about a minute. Can
          be repeated.
status    Whether it works, and which version it is; also of the folder that SPARNET_NATIVE names, which is used
          instead. Exit code 1 when the one that is used, or that of --dir, does not work.
remove    Deletes the folder with all that install put there. A folder that holds anything else is refused.

  --gpu         The CUDA build (@tensorflow/tfjs-node-gpu). Not tested on every machine: see the README.
  --dir DIR     Where. Name it in SPARNET_NATIVE then; without this option it is found by itself, in
                ${nativeFolder()}
  --wheel FILE  Use this wheel of TensorFlow instead of asking pip.
  --force       Build again even if it works.
`;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      gpu: { type: 'boolean', default: false },
      dir: { type: 'string' },
      wheel: { type: 'string' },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command = 'help', ...more] = positionals;
  if (values.help || command === 'help') {
    process.stdout.write(help);
    return 0;
  }
  if (values.dir === '') throw new SparnetError('bad-argument', '--dir needs the name of a folder');
  const folder = values.dir ?? String(nativeFolder(values)); // Node always has one
  if (more.length === 0 && command === 'install') {
    const found = await installNative({
      ...values,
      folder,
      say: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${found}, in ${folder}\n`);
    if (values.dir) process.stdout.write(`use it with SPARNET_NATIVE=${folder}\n`);
    return 0;
  }
  if (more.length === 0 && command === 'status') {
    const states = nativeStatus(values);
    for (const { works, text } of states)
      (works ? process.stdout : process.stderr).write(`${works ? '' : 'error: '}${text}\n`);
    return states[0]?.works ? 0 : 1;
  }
  if (more.length === 0 && command === 'remove') {
    const there = existsSync(folder);
    checkOwn(folder);
    rmSync(folder, { recursive: true, force: true });
    process.stdout.write(`${there ? 'removed' : 'nothing is in'} ${folder}\n`);
    return 0;
  }
  process.stderr.write(`unknown command '${positionals.join(' ')}'\n\n${help}`);
  return 2;
}

try {
  const argv = process.argv.slice(2);
  process.exitCode = await main(argv[0] === '--' ? argv.slice(1) : argv);
} catch (error) {
  const wrongUsage = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  const known = wrongUsage || isSparnetError(error);
  process.stderr.write(
    `error: ${known ? (error as Error).message : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = wrongUsage || isSparnetError(error, 'bad-argument') ? 2 : 1;
}
