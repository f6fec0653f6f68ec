import { SparnetError } from '@sparnet/core';
import { imported, importedFrom } from './import-engine.ts';

/** What the package `webgpu` exports: Dawn, the WebGPU of Chromium, for Node. */
interface Dawn {
  create(options: string[]): GPU;
  globals: object;
}

/**
 * WebGPU itself: the browser's, or in Node Dawn's, from the folder that the environment variable SPARNET_WEBGPU names
 * if there is one (relative ones begin where npm was called), else as the installed package `webgpu`.
 *
 * In Node it defines WebGPU's interfaces (`GPUBuffer`, ...) where they are not there yet, as a browser does.
 *
 * @throws SparnetError `missing-package` when it is nowhere; what it threw itself when it is broken.
 */
export async function openWebgpu(): Promise<GPU> {
  const { navigator, process } = globalThis as Partial<typeof globalThis>;
  if (navigator?.gpu) return navigator.gpu;
  if (!process?.getBuiltinModule) {
    throw new SparnetError('missing-package', 'this browser has no WebGPU, or not for this page (no https)');
  }
  return openDawn(process);
}

/** A process has one of each Dawn: an instance that is given back while another one starts crashes it now and then. */
const opened = new WeakMap<Dawn['create'], GPU>();

async function openDawn({ env, cwd, getBuiltinModule }: NodeJS.Process): Promise<GPU> {
  const id = 'webgpu';
  const given = env['SPARNET_WEBGPU'];
  const folder = given && getBuiltinModule('node:path').resolve(env['INIT_CWD'] ?? cwd(), given);
  const loading = folder
    ? importedFrom(folder, id)
    : imported(id, import(/* webpackIgnore: true */ /* @vite-ignore */ id));
  const { create, globals } = (await loading) as Dawn;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(globals))) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { ...descriptor, configurable: true });
  }
  const gpu = opened.get(create) ?? create([]);
  opened.set(create, gpu);
  return gpu;
}

/**
 * Run `action` with `navigator.gpu` as in a browser, where tfjs looks for it. It is there no longer than that: a Node
 * with a `navigator` of ours would be taken for a browser by others, and Dawn would keep the process alive.
 */
export function withNavigator<Result>(gpu: GPU, action: () => Result): Result {
  if ((globalThis as Partial<typeof globalThis>).navigator?.gpu) return action();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return action();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}
