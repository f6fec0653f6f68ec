import { SparnetError, checkOneOf, isSparnetError } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { firstLine, imported, importNative } from './import-engine.ts';
import { introduceAttributes } from './native.ts';
import { registerWebgpu } from './webgpu-backend.ts';
import { withoutCrashListeners } from './without-crash-listeners.ts';

/** What computes: TensorFlow's C library, WebGPU, WebAssembly (in Node one SIMD thread), or plain JavaScript. */
export const engineNames = ['native', 'webgpu', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** The engine in use. */
export interface Engine {
  name: EngineName;
  /** In words: why this one, and which version of what. */
  why: string;
  /**
   * Give it back; once is enough. When everybody who asked for this engine has, all tensors of it are gone. Its memory
   * is freed then, but that of native TensorFlow's tensors, which have to be disposed.
   */
  dispose(): void;
}

/** How to get an engine that is not there. */
const remedies: Record<EngineName, string> = {
  native:
    'npx @sparnet/engine install brings it (in the project itself: npm run native -- install), or npm install ' +
    '@tensorflow/tfjs-node(-gpu); SPARNET_NATIVE=DIR names another folder that holds it in its node_modules',
  webgpu:
    'npm install @tensorflow/tfjs-backend-webgpu brings its kernels; for Node, npm install --prefix DIR webgpu and ' +
    'SPARNET_WEBGPU=DIR bring WebGPU itself; it needs a GPU with a driver for Vulkan, Metal or Direct3D 12',
  wasm: 'npm install @tensorflow/tfjs-backend-wasm; a page also needs its .wasm files (setWasmPaths)',
  cpu: 'npm install @tensorflow/tfjs-backend-cpu',
};

/** How to get the adapter that WebGPU itself, which is here, does not find. */
const adapterRemedy = 'A driver for Vulkan, Metal or Direct3D 12 is missing: install the one of the GPU';

const backendNames: Record<EngineName, string> = {
  native: 'tensorflow',
  webgpu: 'webgpu',
  wasm: 'wasm',
  cpu: 'cpu',
};

/**
 * Choose what computes, for the whole process: tfjs has one engine in use at a time.
 *
 * @param name - An engine, or `auto`: the first of native, webgpu, wasm, cpu that really works here. WebGPU
 * on a software adapter (SwiftShader, lavapipe) is slower than WebAssembly: `auto` passes over it.
 * @throws SparnetError `engine-unavailable` when the engine asked for can't be used, with how to get it. Its cause is a
 * SparnetError `missing-package` where nothing is broken, only not installed. It never falls back silently.
 */
export async function useEngine(name: EngineName | 'auto' = 'auto'): Promise<Engine> {
  checkOneOf('engine', name, ['auto', ...engineNames]);
  if (name !== 'auto') return start(name, { software: true });
  const reasons: string[] = [];
  for (const candidate of engineNames) {
    try {
      const engine = await start(candidate, { software: false });
      return { ...engine, why: [engine.why, ...reasons].join('; ') };
    } catch (error) {
      if (candidate === engineNames.at(-1)) throw error;
      reasons.push(`${candidate} ${reason((error as SparnetError).cause)}`);
    }
  }
  throw new Error('unreachable');
}

/** Why an engine was passed over. */
function reason(cause: unknown): string {
  if (isSparnetError(cause, 'missing-package')) return 'is not here';
  if (isSparnetError(cause, 'unsupported')) return `is not taken: ${cause.message}`;
  return `does not work: ${firstLine(cause)}`;
}

/** @param wanted - `software`: is WebGPU on a software adapter good enough? */
async function start(name: EngineName, wanted: { software: boolean }): Promise<Engine> {
  try {
    const backend = backendNames[name];
    const describe = await starters[name](wanted);
    if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error('it did not start');
    await prove();
    return { name, why: describe(), dispose: newHandle(backend) };
  } catch (error) {
    throw new SparnetError(
      'engine-unavailable',
      `engine ${name} can't be used: ${firstLine(error)}. ${remedyFor(name, error)}`,
      { cause: error },
    );
  }
}

function remedyFor(name: EngineName, error: unknown): string {
  return name === 'webgpu' && firstLine(error).includes('no adapter') ? adapterRemedy : remedies[name];
}

/** How many engines that {@link useEngine} returned are not given back yet, by the name of their backend. */
const handles = new Map<string, number>();

/** Count one more user of a backend; the result takes it off again, at its first call. */
function newHandle(backend: string): () => void {
  handles.set(backend, (handles.get(backend) ?? 0) + 1);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    const others = (handles.get(backend) as number) - 1;
    handles.set(backend, others);
    if (others === 0) release(backend);
  };
}

/** tfjs forgets a backend that it removes; as its module is loaded once only, it would never come back. */
function release(backend: string): void {
  const registered = tf.engine().registryFactory[backend];
  if (!registered) return;
  tf.removeBackend(backend);
  tf.registerBackend(backend, registered.factory, registered.priority);
}

/** Bring an engine's backend into the process; the result says, once it runs, which version it is. */
const starters: Record<EngineName, (wanted: { software: boolean }) => Promise<() => string>> = {
  async native() {
    const source = await importNative();
    introduceAttributes();
    return () => {
      const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
      const where = isUsingGpuDevice ? 'on the GPU' : inThreads(nativeThreads());
      return `TensorFlow ${binding?.TF_Version ?? '?'} through ${source}, ${where}`;
    };
  },
  webgpu: registerWebgpu,
  async wasm() {
    const { version_wasm: version, getThreadsCount } = await withoutCrashListeners(async () => {
      const module = await imported('@tensorflow/tfjs-backend-wasm', import('@tensorflow/tfjs-backend-wasm'));
      await tf.setBackend('wasm');
      return module;
    });
    return () => {
      return `WebAssembly, tfjs ${version}, ${inThreads(getThreadsCount())}`;
    };
  },
  async cpu() {
    const { version_cpu: version } = await imported(
      '@tensorflow/tfjs-backend-cpu',
      import('@tensorflow/tfjs-backend-cpu'),
    );
    return () => `plain JavaScript, tfjs ${version}`;
  },
};

/** The part of tfjs-node's backend that tells what it is. */
interface NativeBackend {
  binding?: { TF_Version?: string };
  isUsingGpuDevice: boolean;
}

/** In how many threads TensorFlow computes one operation. */
function nativeThreads(): number {
  const { env, getBuiltinModule } = globalThis.process;
  return Number(env['TF_NUM_INTRAOP_THREADS']) || getBuiltinModule('node:os').availableParallelism();
}

function inThreads(count: number): string {
  return count > 1 ? `${count} threads` : 'one thread';
}

/** One small convolution with a known answer. */
async function prove(): Promise<void> {
  const result = tf.tidy(() => {
    const y = tf.conv2d(tf.ones<tf.Rank.R4>([1, 4, 4, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 3]), 1, 'same');
    return tf.sum(y);
  });
  const [sum] = await result.data();
  result.dispose();
  if (sum !== 600) throw new Error(`it computes wrong results (a sum of ${sum} instead of 600)`);
}
