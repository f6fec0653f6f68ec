import { SparnetError, checkOneOf } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';

/** What computes: TensorFlow's C library, WebAssembly (one SIMD thread), or plain JavaScript. */
export const engineNames = ['native', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** The engine in use. */
export interface Engine {
  name: EngineName;
  /** In words: why this one, and which version of what. */
  why: string;
  /** Give back its memory. Tensors of it are gone afterwards. */
  dispose(): void;
}

/** How to get an engine that is not there. */
const remedies: Record<EngineName, string> = {
  native:
    'npm install @tensorflow/tfjs-node (or @tensorflow/tfjs-node-gpu); SPARNET_NATIVE=DIR names another folder ' +
    'that holds it in its node_modules',
  wasm: 'npm install @tensorflow/tfjs-backend-wasm',
  cpu: 'npm install @tensorflow/tfjs-backend-cpu',
};

const backendNames: Record<EngineName, string> = { native: 'tensorflow', wasm: 'wasm', cpu: 'cpu' };

/**
 * Choose what computes, for the whole process: tfjs has one engine in use at a time.
 *
 * @param name - An engine, or `auto`: the first of native, wasm, cpu that really works here.
 * @throws SparnetError `engine-unavailable` when the engine asked for can't be used, with how to get it. It never
 * falls back silently.
 */
export async function useEngine(name: EngineName | 'auto' = 'auto'): Promise<Engine> {
  checkOneOf('engine', name, ['auto', ...engineNames]);
  if (name !== 'auto') return start(name);
  const reasons: string[] = [];
  for (const candidate of engineNames) {
    try {
      const engine = await start(candidate);
      return { ...engine, why: [engine.why, ...reasons].join('; ') };
    } catch (error) {
      reasons.push(`${candidate} is not here`);
      if (candidate === engineNames.at(-1)) throw error;
    }
  }
  throw new Error('unreachable');
}

async function start(name: EngineName): Promise<Engine> {
  try {
    const version = await starters[name]();
    const backend = backendNames[name];
    if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error('it did not start');
    prove();
    return { name, why: version, dispose: () => release(backend) };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new SparnetError(
      'engine-unavailable',
      `engine ${name} can't be used: ${reason}. ${remedies[name]}`,
      {
        cause: error,
      },
    );
  }
}

/** tfjs forgets a backend that it removes; as its module is loaded once only, it would never come back. */
function release(backend: string): void {
  const factory = tf.findBackendFactory(backend);
  tf.removeBackend(backend);
  tf.registerBackend(backend, factory);
}

/** Bring an engine's backend into the process and say which version it is. */
const starters: Record<EngineName, () => Promise<string>> = {
  async native() {
    const { found, id } = await importNative();
    const binding = (found.backend() as unknown as { binding?: { TF_Version?: string } }).binding;
    return `TensorFlow ${binding?.TF_Version ?? '?'} through ${id}`;
  },
  async wasm() {
    const { version_wasm: version } = await withoutNewCrashListeners(
      () => import('@tensorflow/tfjs-backend-wasm'),
    );
    return `WebAssembly, tfjs ${version}, one thread`;
  },
  async cpu() {
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    return `plain JavaScript, tfjs ${version}`;
  },
};

async function importNative(): Promise<{ found: typeof tf; id: string }> {
  const folder = globalThis.process?.env['SPARNET_NATIVE'];
  const failures: unknown[] = [];
  for (const id of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      if (!folder) return { found: (await import(/* @vite-ignore */ id)) as typeof tf, id };
      const { createRequire } = await import('node:module');
      return { found: createRequire(`${folder}/package.json`)(id) as typeof tf, id: `${id} in ${folder}` };
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures.at(-1);
}

/**
 * Emscripten's start-up code adds process listeners that rethrow any later crash and print 100 kB of source: take them
 * off again.
 */
async function withoutNewCrashListeners<Result>(load: () => Promise<Result>): Promise<Result> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = (event: string): unknown[] => globalThis.process?.listeners?.(event as 'exit') ?? [];
  const before = events.map((event) => new Set(listeners(event)));
  const loaded = await load();
  await tf.setBackend('wasm');
  for (const [index, event] of events.entries()) {
    for (const listener of listeners(event)) {
      if (!before[index]?.has(listener)) process.off(event, listener as () => void);
    }
  }
  return loaded;
}

/** One small convolution with a known answer. */
function prove(): void {
  const sum = tf.tidy(() => {
    const y = tf.conv2d(tf.ones<tf.Rank.R4>([1, 4, 4, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 3]), 1, 'same');
    return tf.sum(y).dataSync()[0];
  });
  if (sum !== 600) throw new Error(`it computes wrong results (a sum of ${sum} instead of 600)`);
}
