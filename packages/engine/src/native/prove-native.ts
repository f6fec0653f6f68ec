import { existsSync } from 'node:fs';
import { SparnetError } from '@sparnet/core';
import { nativeFolder } from '../native-folder.ts';
import { runProgram } from './run-program.ts';

/** A convolution and its gradients with known results, in a process of its own that can't take this one with it. */
const program = `
const { createRequire } = require('node:module');
process.on('uncaughtException', ({ message }) => { console.error(message); process.exit(1); });
const load = createRequire(process.argv[1] + '/package.json');
let tf, name;
for (name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
  let there = true;
  try { load.resolve(name); } catch { there = false; }
  if (there) { tf = load(name); break; }
}
if (!tf) throw new Error('neither @tensorflow/tfjs-node nor @tensorflow/tfjs-node-gpu is there');
const x = tf.ones([1, 4, 4, 2]), filter = tf.ones([3, 3, 2, 3]);
const sum = (a, b) => tf.sum(tf.conv2d(a, b, 1, 'same'));
const [gx, gf] = tf.grads(sum)([x, filter]).map((gradient) => gradient.dataSync());
const right = sum(x, filter).dataSync()[0] === 600 && gx[0] === 12 && gx[10] === 27 && gf[0] === 9 && gf[24] === 16;
if (tf.getBackend() !== 'tensorflow') throw new Error('tfjs took ' + tf.getBackend() + ' instead');
if (!right) throw new Error('a convolution or its gradients are wrong');
console.log('TensorFlow ' + tf.backend().binding.TF_Version + ' through ' + name + ' ' + tf.version['tfjs-core']);
`;

/**
 * Whether the native TensorFlow of a folder computes.
 *
 * @returns In words, which version it is.
 * @throws SparnetError `missing-package` when the folder is not there, `engine-unavailable` with the reason when it is
 *   broken.
 */
export function proveNative(folder: string): string {
  if (!existsSync(folder)) {
    throw new SparnetError(
      'missing-package',
      `no native TensorFlow in ${folder}; 'npx @sparnet/engine install${where(folder)}' makes one ` +
        `(in the project itself: npm run native -- install${where(folder)})`,
    );
  }
  const said = runProgram(process.execPath, ['-e', program, folder], {
    env: { TF_CPP_MIN_LOG_LEVEL: '3' },
    title: `a convolution of native TensorFlow in ${folder}`,
  });
  return said.trim().split('\n').at(-1) as string;
}

/** The flags by which the command `install` takes a folder. */
function where(folder: string): string {
  if (folder === nativeFolder()) return '';
  return folder === nativeFolder({ gpu: true }) ? ' --gpu' : ` --dir ${folder}`;
}
