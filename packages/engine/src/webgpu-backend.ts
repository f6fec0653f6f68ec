import { SparnetError } from '@sparnet/core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { imported } from './import-engine.ts';
import { adapterInWords, isSoftware, webgpuAdapter } from './webgpu-adapter.ts';
import { openWebgpu, withNavigator } from './webgpu-dawn.ts';
import { catchTick, readSynchronously, refuseToReadSynchronously } from './webgpu-sync-read.ts';

type Backends = typeof import('@tensorflow/tfjs-backend-webgpu');

/**
 * Bring tfjs' WebGPU backend into the process, where somebody else has not yet started it. It is registered in place
 * of tfjs' own start, which needs a browser, and tells nothing of the adapter.
 *
 * @param options.software - Is an adapter that computes on the processor good enough?
 * @returns What it is, in words, once it runs.
 * @throws SparnetError `missing-package` without WebGPU, an adapter or the package; `unsupported` for a software
 * adapter that is not good enough.
 */
export async function registerWebgpu({ software }: { software: boolean }): Promise<() => string> {
  const gpu = await openWebgpu();
  const { info } = await webgpuAdapter(gpu);
  if (!software && isSoftware(info)) {
    throw new SparnetError(
      'unsupported',
      `${adapterInWords(info)} is slow: it is used when asked for by name`,
    );
  }
  const backends = await imported(
    '@tensorflow/tfjs-backend-webgpu',
    import('@tensorflow/tfjs-backend-webgpu'),
  );
  if (!('webgpu' in tf.engine().registry)) {
    if ('webgpu' in tf.engine().registryFactory) tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => openBackend(gpu, backends), 3); // the priority that tfjs gives it
  }
  return () => {
    const { device } = tf.backend() as WebGPUBackend;
    return `WebGPU, tfjs ${tf.version_core}, ${adapterInWords(device.adapterInfo ?? info)}`;
  };
}

async function openBackend(gpu: GPU, { WebGPUBackend }: Backends): Promise<WebGPUBackend> {
  const adapter = await webgpuAdapter(gpu);
  const { limits, features, info } = adapter;
  const { result, tick } = catchTick(() =>
    adapter.requestDevice({
      requiredFeatures: (['timestamp-query'] as const).filter((feature) => features.has(feature)),
      // Buffers and workgroups as large as the adapter can, instead of what every phone can.
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      },
    }),
  );
  const device = await result;
  const backend = withNavigator(gpu, () => new WebGPUBackend(device, info));
  if (tick) readSynchronously(backend, tick);
  // Through a canvas a browser's software adapter gives zeros, and is lost.
  else if (isSoftware(info) || !('OffscreenCanvas' in globalThis)) refuseToReadSynchronously(backend);
  failLoudly(backend);
  const { dispose } = backend;
  backend.dispose = () => {
    dispose.call(backend);
    device.destroy();
  };
  return backend;
}

/** A program that WebGPU refuses leaves zeros, and tfjs goes on with them: reading values after that is an error. */
function failLoudly(backend: WebGPUBackend): void {
  let failure: string | undefined;
  backend.device.addEventListener('uncapturederror', ({ error }) => (failure ??= error.message));
  const checked = <Values>(values: Values): Values => {
    if (failure !== undefined) throw new Error(`WebGPU refused a program: ${failure}`);
    return values;
  };
  const { read, readSync } = backend;
  backend.read = async (dataId) => checked(await read.call(backend, dataId));
  backend.readSync = (dataId) => checked(readSync.call(backend, dataId));
}
